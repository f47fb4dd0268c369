"""`cewen`: the list of commands; each is a file of this folder, imported only when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from cewen import __version__
from cewen.base.errors import CewenError
from cewen.cli.usage import usage_sentence

COMMANDS: dict[str, str] = {
    "demo": "演示：五份文件、一册示例企业、一页报告",
    "read": "读一份公文：条文树、责任单位、目标、奖补、未读懂之处",
    "compare": "逐条比较两个版本",
    "search": "检索条文：按词语、机关、地区、日期、责任单位、金额",
    "benefits": "同类奖补在各份文件里给多少",
    "implements": "上级文件的条文，下级文件哪一条落实、哪些没有落实",
    "suggest": "请外部模型为未读懂之处提建议（默认关闭，不经确认不执行）",
    "check": "检查政策文件夹，指出何处有误、怎么办",
    "test": "运行算例",
    "explain": "一家企业：能得什么、多少、依据哪一条、还缺什么",
    "evaluate": "一册企业：逐家计算，汇总与导出",
    "advise": "一家企业：怎样组合最多、下一步做什么最划算、哪里有陷阱",
    "simulate": "改一个数要花多少钱、谁得谁失",
    "synth": "合成企业库：按公布总量校准，或照概况生成",
    "profile": "名册概况：家数、缺失、分位数，没有任何一行",
    "new": "从一份公文起草政策文件夹",
    "targets": "每个目标到哪一步了：凭据、进度、能否达到",
    "tasks": "督办任务：谁牵头、几时到期、到哪一步",
    "supervise": "办理督办任务：领办、报告、核验销号、提级",
    "digest": "周报：有什么变化、谁逾期、哪些目标有风险",
    "serve": "启动门户：网页与接口",
    "imports": "把名册送到门户检查、载入企业库",
    "runs": "测算门户的企业库：发起、等结果、取逐条",
    "verify": "核对门户的审计链",
    "backup": "备份门户，写成一个文件",
    "restore": "从备份恢复门户",
    "publish": "开放数据：截至某一天的公布数与目标状态",
    "facts": "可填的事实：标签、类型、单位",
    "schema": "写出各类 YAML 文件的 JSON Schema",
}
"""Name and one line for each command, in the order a newcomer meets them."""


class Commands(click.Group):
    """Imports a command's module when it is needed, so that starting stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"cewen.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            raise click.UsageError(f"没有“{args[0]}”这个命令。可用的命令：{'、'.join(COMMANDS)}。")
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cewen")
def cewen() -> None:
    """策问：从公布的政策文本，到谁能得到什么、依据哪一条。"""


def main() -> None:
    """Run a command. Exit codes: 0 done, 1 findings or faulty input, 2 wrong usage, 130 interrupted."""
    try:
        code = cewen.main(standalone_mode=False)
        if isinstance(code, int):  # what a command gives to `Exit`; click hands it back instead of leaving
            sys.exit(code)
    except CewenError as error:
        for finding in error.diagnostics:
            click.echo(str(finding), err=True)
        sys.exit(1)
    except click.ClickException as error:
        click.echo(usage_sentence(error), err=True)
        sys.exit(error.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("已中断，没有写出任何文件。", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
