"""The `gep` command: loads a subcommand only when asked for, and shows every error as words."""

import importlib
import sys
from typing import ClassVar

import click

from cli import options
from cli.help import Speaking
from cli.language import chosen_language, hear_language
from cli.usage import show
from data_catalog.errors import GepError, Problems
from data_catalog.text import Language, Text

COMMANDS = "cli.commands."
COMMANDS_TITLE = Text("命令", "Commands")
COMPLETION = Text(
    '命令补全：把 eval "$(_GEP_COMPLETE=bash_source gep)" 写入 ~/.bashrc'
    "（zsh 用 zsh_source，fish 用 fish_source）。",
    'Shell completion: put eval "$(_GEP_COMPLETE=bash_source gep)" into ~/.bashrc '
    "(zsh_source for zsh, fish_source for fish).",
)
STOPPED = Text("gep: 已停止；用 --resume 继续。", "gep: stopped; go on with --resume")


class LazyGroup(click.Group):
    """A group whose commands are imported on use, so that `gep --help` stays quick."""

    context_class = Speaking
    modules: ClassVar[dict[str, Text]] = {
        "demo": Text("随附的丽水各县（市、区），从头到尾",
                     "the bundled Lishui counties, end to end"),
        "init": Text("带注释的项目文件，由此开始", "a commented project file to start from"),
        "validate": Text("检查全部输入，一次列出全部问题",
                         "check every input, all problems at once"),
        "plan": Text("运行之前：网格、分块、字节、内存、用时",
                     "grid, tiles, bytes, memory, time: before anything runs"),
        "compute": Text("主要工作：由项目得到运行文件夹",
                        "the main job: a project into a run folder"),
        "compare": Text("价值为什么变化：面积、状况、价格、方法；指数",
                        "why the value changed: area, condition, price, method; indices"),
        "services": Text("生态系统服务及其核算方法", "the ecosystem services and their variants"),
        "explain": Text("一项服务的公式、输入、参数与来源",
                        "a service's formula, inputs, parameters and sources"),
        "standards": Text("核算标准", "the accounting standards, as data"),
        "parameters": Text("参数行及其来源", "parameter rows with their sources"),
        "trace": Text("一个数字的由来：公式、输入、参数行、面积",
                      "where a figure comes from: formula, inputs, parameter rows, area"),
        "book": Text("服务与标准的手册：由声明生成的页面",
                     "the book: a page per service and standard, from the declarations"),
        "sinks": Text("森林碳：储量与变化", "forest carbon: stock and change"),
        "value": Text("碳汇的质押价值，逐步说明",
                      "collateral value of carbon, every step explained"),
        "loan": Text("碳汇贷款：自评估、授信档案、还款计划、压力测试",
                     "loans on forest carbon: page, file, schedule, stress"),
        "pledge": Text("质押登记库：登记、解押、查询、审计",
                       "the registry of pledges: register, release, list, audit"),
        "watch": Text("质押监测：预警、价格、到期重估与通知",
                      "pledges watched: alerts, prices, revaluations due, notices"),
        "lending": Text("质押登记库的网络接口：启动、文档、权限",
                        "the REST API of the registry: start it, its document, its access"),
    }  # fmt: skip

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hear first which language to speak, then read the words as usual."""
        hear_language(args)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the command names in help order."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in self.modules:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS + cmd_name), cmd_name)
        for one in (command, *getattr(command, "commands", {}).values()):
            one.context_class = Speaking
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        language = chosen_language()
        with formatter.section(COMMANDS_TITLE[language]):
            formatter.write_dl([(name, text[language]) for name, text in self.modules.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Say how the shell completes the commands."""
        formatter.write_paragraph()
        formatter.write_text(COMPLETION[chosen_language()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gep-toolkit", prog_name="gep")
@options.lang
def gep(lang: Language) -> None:
    """Account for gross ecosystem product and forest carbon, parcel by parcel."""


def main() -> None:
    """Run the command; show an error we foresaw in words, and let the rest crash."""
    try:
        code = gep(standalone_mode=False)
    except GepError as error:
        tell(error)
        sys.exit(1)
    except click.ClickException as error:
        show(error)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo(STOPPED[chosen_language()], err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def tell(error: GepError) -> None:
    """Print an error to standard error, one line a problem, in the language asked for."""
    language = chosen_language()
    for one in error.errors if isinstance(error, Problems) else (error,):
        click.echo(f"gep: {one.say(language)}", err=True)
