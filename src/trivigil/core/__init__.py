"""The ground floor: records and pure decisions that every flat shares. Imports nothing of ours."""
