"""The remote API over the same store: routes, login, events. It knows no screen."""
