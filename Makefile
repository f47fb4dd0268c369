# 策问 · cewen — every chore of the repository. `make` alone lists them.
# Needs git, make, Python 3.11–3.13 and a package index; all else comes from requirements.lock into .venv.

PYTHON ?= python3
ARGS   ?=
VENV   := .venv
BIN    := $(VENV)/bin
# What the software needs, and with what developers need besides: `make demo` waits only for the first.
LOCK     := requirements.lock
LOCK_DEV := requirements-dev.lock
STAMP     := $(VENV)/.installed
STAMP_DEV := $(VENV)/.installed-dev
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format lock schemas coverage bench parity screenshots clean
.DELETE_ON_ERROR:

help:
	@echo '策问 · cewen'
	@echo
	@echo '  make demo      读五份文件、核对、测算示例名册，写出报告'
	@echo '  make install   按 $(LOCK_DEV) 安装到 $(VENV)（其他目标会自动先做这一步）'
	@echo '  make test      架构检查、全部测试（ARGS="tests/base -x" 可附加参数）'
	@echo '  make coverage  全部测试与覆盖率'
	@echo '  make lint      ruff 检查、格式检查、mypy 严格类型检查'
	@echo '  make format    自动整理格式'
	@echo '  make schemas   重新生成 schemas/ 中的 JSON Schema'
	@echo '  make lock      重新生成两份锁定文件（UPGRADE=1 时升级各依赖）'
	@echo '  make bench     与各同类引擎并排计时、计错（ARGS="--rows 1000000"）'
	@echo '  make parity    百万家·年逐项与参照解释器比较，可中断再接着算（ARGS="--rows 10000"）'
	@echo '  make screenshots  打开门户，给主要页面拍照，放进 docs/images/portal/（要有 Chromium）'
	@echo '  make clean     删除缓存与构建产物（保留 $(VENV)）'
	@echo
	@echo '  换用其他解释器：rm -rf $(VENV) && make install PYTHON=python3.12'

# A virtual environment that cannot run its own pip is half made or moved, and is made again.
define make_venv
$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	$(PYTHON) -c '' >/dev/null 2>&1 || { \
		echo '错误：找不到 $(PYTHON)，或它不能运行。请安装 Python 3.11–3.13，或指定：make install PYTHON=python3.12' >&2; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || { \
		echo "错误：需要 Python 3.11–3.13，而 $(PYTHON) 是 $$($(PYTHON) --version 2>&1)。请指定：make install PYTHON=python3.12" >&2; exit 1; }; \
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo '错误：$(PYTHON) 缺少 venv 模块。Debian、Ubuntu 请先安装 python3-venv，再执行 make install。' >&2; exit 1; }; \
	echo "▸ 建立虚拟环境 $(VENV)（$$($(PYTHON) --version)）"; \
	$(PYTHON) -m venv --clear $(VENV); }
endef

# A stamp is newer than what it was made from, so a second `make` starts at once.
$(STAMP): $(LOCK) pyproject.toml
	@$(make_venv)
	@echo '▸ 安装依赖（$(LOCK)，逐个核对哈希）'
	@$(PIP) install --require-hashes --requirement $(LOCK)
	@echo '▸ 安装策问本身'
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMP_DEV): $(STAMP) $(LOCK_DEV)
	@echo '▸ 安装开发与测试所需（$(LOCK_DEV)）'
	@$(PIP) install --require-hashes --requirement $(LOCK_DEV)
	@touch $@

install: $(STAMP_DEV)
	@echo "✓ 已安装到 $(VENV)（$$($(BIN)/python --version)）"

demo: $(STAMP)
	@$(BIN)/cewen demo $(ARGS)

test: $(STAMP_DEV)
	@echo '▸ 架构检查'
	@$(BIN)/lint-imports --no-logo --no-cache
	@echo '▸ 测试'
	@$(BIN)/pytest -n auto $(ARGS)

coverage: $(STAMP_DEV)
	@$(BIN)/pytest -n auto --cov=cewen --cov-report=term:skip-covered $(ARGS)

lint: $(STAMP_DEV)
	@echo '▸ ruff 检查'
	@$(BIN)/ruff check src tests
	@echo '▸ ruff 格式'
	@$(BIN)/ruff format --check src tests
	@echo '▸ mypy 类型'
	@$(BIN)/mypy

format: $(STAMP_DEV)
	@$(BIN)/ruff check --fix src tests
	@$(BIN)/ruff format src tests

bench: $(STAMP_DEV)
	@$(BIN)/python -m benchmarks $(ARGS)

parity: $(STAMP_DEV)
	@$(BIN)/python -m benchmarks.benches.parity $(ARGS)

screenshots: $(STAMP_DEV)
	@PYTHONPATH=tests/support $(BIN)/python tests/browser/screenshots.py

schemas: $(STAMP)
	@$(BIN)/cewen schema --write schemas --pages docs/reference

compile = $(BIN)/uv --no-config pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-build-options --custom-compile-command 'make lock' \
	$(if $(UPGRADE),--upgrade) --quiet

# Not behind the stamp: a lock that no longer installs must still be replaceable.
lock:
	@$(make_venv)
	@echo '▸ 求解依赖（Python 3.11–3.13，各平台）'
	@$(PIP) install --quiet 'uv>=0.9,<1'
	@$(compile) --group build --output-file $(LOCK)
	@$(compile) --group dev --constraint $(LOCK) --output-file $(LOCK_DEV)
	@echo '已写入 $(LOCK) 与 $(LOCK_DEV)；执行 make install 生效。'

clean:
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* coverage.xml
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
