"""Why a file cannot be read or written, in words of either language."""

import errno
import json

from data_catalog.text import Text

__all__ = ["no_json", "reason", "unreadable", "unwritable"]

REASONS = {
    errno.EACCES: Text("没有权限", "permission denied"),
    errno.EPERM: Text("没有权限", "permission denied"),
    errno.EROFS: Text("磁盘只读", "the disk is read-only"),
    errno.ENOTDIR: Text("路径中有一段是文件", "a part of the path is a file"),
    errno.EISDIR: Text("是文件夹", "it is a folder"),
    errno.EEXIST: Text("已经存在", "it is there already"),
    errno.ENOENT: Text("没有这个文件或文件夹", "there is no such file or folder"),
    errno.ENAMETOOLONG: Text("名称过长", "the name is too long"),
    errno.ENOSPC: Text("磁盘已满", "the disk is full"),
    errno.EDQUOT: Text("超出磁盘配额", "the disk quota is used up"),
    errno.EFBIG: Text("文件过大", "the file is too large"),
    errno.EIO: Text("磁盘读写错误", "the disk reports an error"),
}


def unwritable(error: OSError) -> Text:
    """Return why a file cannot be written."""
    why = reason(error)
    return Text(
        f"无法写入：{why.zh}。请检查路径、权限和磁盘空间。",
        f"cannot be written: {why.en}. See to the path, the permissions and the space on the disk.",
    )


def unreadable(error: OSError | ValueError, wanted: Text) -> Text:
    """Return why a file cannot be read; `wanted` says what it should be."""
    if isinstance(error, OSError) and error.errno:
        why = reason(error)
        return Text(f"无法读取：{why.zh}。", f"cannot be read: {why.en}.")
    return Text(f"无法读取；应为{wanted.zh}。", f"cannot be read; it must be {wanted.en}.")


def no_json(error: OSError | ValueError) -> Text:
    """Return why a file cannot be read as JSON, and where it stops being so."""
    if isinstance(error, json.JSONDecodeError):
        return Text(
            f"不是 JSON 文件：从第 {error.lineno} 行第 {error.colno} 个字符起无法读取。",
            f"is no JSON file from line {error.lineno}, character {error.colno} on.",
        )
    return unreadable(error, Text("以 UTF-8 编码的 JSON 文件", "a JSON file in UTF-8"))


def reason(error: OSError) -> Text:
    """Return what the system says, as a part of a sentence."""
    number = error.errno or 0
    return REASONS.get(number) or Text(f"系统错误 {number}", f"system error {number}")
