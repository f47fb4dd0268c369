"""Our engines on the same six rules, written as a policy folder like any other."""
