# Aliases for dev.py, which works the same where there is no make.
PYTHON ?= python3
.PHONY: demo test lab grade bench gpu-check
demo test lab grade bench gpu-check:
	$(PYTHON) dev.py $@ $(ARGS)
