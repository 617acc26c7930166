"""How a subtask is done: slots on one frozen base."""
