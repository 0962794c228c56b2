"""The system calls that a student's code may not make, as a filter that the Linux kernel applies (seccomp).

The list names what is denied, since what TensorFlow calls changes from release to release. Everything else in the
sandbox (namespaces, read-only files, no capabilities) holds without this filter; it is the second fence, and the one
that makes new processes impossible, and what the kernel counts per account or for the whole machine: watches of files,
System V's memory, queues, keys, asynchronous files.
"""

import errno
import sys
import tempfile
from functools import cache

from qta_grade import Refused

_CLONE_THREAD = 0x10000
_TYPE_INTO_TERMINAL = 0x5412  # TIOCSTI
_DENIED = """
    fork vfork execve execveat ptrace process_vm_readv process_vm_writev process_madvise kcmp
    kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_getfd pidfd_send_signal
    socket socketpair shmget semget msgget mq_open memfd_create memfd_secret
    mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr
    unshare setns open_by_handle_at name_to_handle_at bpf perf_event_open userfaultfd personality
    inotify_init inotify_init1 inotify_add_watch fanotify_init fanotify_mark io_setup
    io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key
    sched_setaffinity sched_setscheduler sched_setparam sched_setattr setpriority ioprio_set
    init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl syslog
    settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname iopl ioperm modify_ldt vhangup
""".split()


@cache
def program() -> bytes:
    """Build the filter: a BPF program for this machine's kind of processor; empty where the system is not Linux.

    Raises `Refused` on a Linux without the library libseccomp: no submission runs there without the filter.
    """
    if sys.platform != "linux":
        return b""
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise Refused(
            "The library libseccomp is missing, without which no submission is run: on Debian and Ubuntu "
            f"'sudo apt install libseccomp2', and 'pip install pyseccomp' ({error})."
        ) from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    deny = pyseccomp.ERRNO(errno.EPERM)
    for name in _DENIED:
        _add(rules, deny, name)
    # A new thread may be made, a new process may not. clone3 hides its flags from a filter: the C library falls back
    # to clone when the kernel claims not to know it.
    _add(rules, deny, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))
    _add(rules, pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    _add(rules, deny, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))  # the limits of others
    _add(rules, deny, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, _TYPE_INTO_TERMINAL))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(rules: object, action: int, name: str, *conditions: object) -> None:
    """Add a rule, unless this kind of processor (fork on ARM) or an older libseccomp has no such call."""
    from pyseccomp import Arch, resolve_syscall

    number = resolve_syscall(Arch.NATIVE, name)
    if number >= 0:
        rules.add_rule(action, number, *conditions)
