from tests.screens.conftest import backend

__all__ = ["backend"]
