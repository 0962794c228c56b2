"""Notebooks that break things, stay behind, or never end; and files that are no notebooks."""

WRECKERS = {
    "leaves by sys.exit": "import sys\nsys.exit(0)",
    "leaves by an interrupt": "raise KeyboardInterrupt",
    "leaves by os._exit": "import os\nos._exit(0)",
    "kills its process group": "import os, signal\nos.killpg(0, signal.SIGKILL)",
    "stops itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "becomes another program": "import os\nos.execv('/bin/sleep', ['$MARK', '60'])",
    "crashes Python": "import ctypes\nctypes.string_at(0)",
    "closes all files": "import os\nos.closerange(0, 100)",
    "goes to another folder": "import os\nos.chdir('/')",
    "loops for ever": "while True: pass",
    "loops for ever and ignores signals": """
import signal
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass""",
    "loops for ever in an answer": "def loss(weights, x, y):\n    while True: pass",
    "loops for ever at the end": """
import atexit
def stay():
    while True: pass
atexit.register(stay)""",
    "loops for ever in the grader's comparison": """
class Slow:
    shape = ()
    def __sub__(self, other):
        while True: pass
def loss(weights, x, y): return Slow()""",
    "loops for ever where an object ends": """
class Stay:
    def __del__(self):
        while True: pass
Stay()""",
    "sleeps for ever": "import time\ntime.sleep(10**6)",
    "sleeps in every answer": "import time\ndef loss(*_): time.sleep(10**6)\nloss_gradient = descend = loss",
    "prints for ever": "while True: print('x' * 10**6)",
    "a thousand threads": """
import threading, time
for _ in range(1000): threading.Thread(target=time.sleep, args=(600,)).start()""",
    "ten thousand threads": """
import threading, time
threading.stack_size(65536)
for _ in range(10_000): threading.Thread(target=time.sleep, args=(600,)).start()""",
    "threads that compute for ever": """
import threading
def burn():
    while True: pass
for _ in range(20): threading.Thread(target=burn).start()""",
    "fills the memory": """
import builtins
builtins.kept = []
try:
    while True: kept.append(bytearray(10**8))
except MemoryError:
    while True:
        try: kept.append(bytearray(10**4))
        except MemoryError: break""",
    "forks": """
import os, time
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        os.execv('/bin/sleep', ['$MARK', '60'])
time.sleep(0.5)""",
    "a daemon": """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execv('/bin/sleep', ['$MARK', '60'])
    os._exit(0)
time.sleep(0.5)""",
    "a shell": "import subprocess\nsubprocess.Popen(['/bin/sh', '-c', 'sleep 60; : $MARK'], start_new_session=True)",
    "a file in the temporary folder": "open('/tmp/$MARK', 'w').write('here')",
    "a flood of the temporary folder": """
for number in range(20):
    with open(f'/tmp/$MARK-{number}', 'wb') as file: file.write(bytes(2 * 10**7))""",
    "twenty thousand empty files": """
for number in range(20_000): open(f'/tmp/$MARK-{number}', 'w').close()""",
    "a file in shared memory": "open('/dev/shm/$MARK', 'wb').write(bytes(10**6))",
    "a file beside the tests": "open('$FOLDER/$MARK', 'w').write('here')",
    "a file in the home folder": "import pathlib\npathlib.Path('~/$MARK').expanduser().write_text('here')",
}  # fmt: skip

ENDLESS = {  # the naive grader waits for these for as long as it is let
    "stops itself", "becomes another program", "loops for ever", "loops for ever and ignores signals",
    "loops for ever in an answer", "loops for ever at the end", "loops for ever in the grader's comparison",
    "loops for ever where an object ends", "a thousand threads", "ten thousand threads",
    "threads that compute for ever", "fills the memory", "a link to the tests", "a bomb", "prints for ever",
    "sleeps for ever", "sleeps in every answer",
}  # fmt: skip

ONE_CELL = '{"cells": [{"cell_type": "code", "source": %s}]}'
MALFORMED = {
    "empty": b"",
    "no JSON": b"print('here')",
    "cut off": (ONE_CELL % '"a = 1"').encode()[:-9],
    "in UTF-16": (ONE_CELL % '"a = 1"').encode("utf-16"),
    "cells that are no list": b'{"cells": 3}',
    "a source of numbers": (ONE_CELL % "[1, 2]").encode(),
    "a million brackets": b"[" * 1_000_000,
    "a number of a million digits": (ONE_CELL % ("9" * 1_000_000)).encode(),
    "half a character": (ONE_CELL % r'"raise ValueError(\"\\ud800\")"').encode(),
    "an archive called a notebook": b"PK\x03\x04" + bytes(100),
}
