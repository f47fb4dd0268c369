"""Reforms: a rule changed in the browser goes in; what it costs, who gains and who loses come out, over the whole register."""
