# Sources of src/labelconfig
