"""Synthetic checks: what people write in check files, as one model, and its judgement over recorded exchanges."""
