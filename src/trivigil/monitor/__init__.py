"""The monitoring flat: synthetic checks of an application that runs."""
