"""Seed and published totals in; a calibrated synthetic population (合成企业库) and a report of every target out."""

from cewen.engine.synth.describe import profile_register
from cewen.engine.synth.generate import synthesize
from cewen.engine.synth.profile import read_profile
from cewen.engine.synth.report import Report
from cewen.engine.synth.resemble import resemble
from cewen.engine.synth.scenario import load_basis, synth_home
from cewen.engine.synth.write import FORMATS

__all__ = [
    "FORMATS", "Report", "load_basis", "profile_register", "read_profile", "resemble", "synth_home", "synthesize",
]  # fmt: skip
