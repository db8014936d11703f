"""The ground floor: frozen structs and pure functions that every other part speaks."""
