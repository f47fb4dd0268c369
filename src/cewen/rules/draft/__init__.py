"""Drafting: an official text comes in, the files of a policy folder go out, with 待定 where a person must decide."""

from cewen.rules.draft.policy import DraftedPolicy, draft_policy

__all__ = ["DraftedPolicy", "draft_policy"]
