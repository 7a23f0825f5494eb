# Sources of src/core
