"""The contract that every screen, command and test speaks, one module an area; `backend` names its calls."""
