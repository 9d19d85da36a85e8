//! What is asked of a planner for each task: the exact text, as presets.
