"""Metrics, alert rules and a dashboard, made from the same facts and limits as reports are. Pure: who sends them is above."""
