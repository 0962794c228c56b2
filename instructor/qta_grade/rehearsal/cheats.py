"""Notebooks that want points for nothing, or what is not theirs to read."""

# Names that begin with $ are filled in; in the tests rightly, for an attacker may know every path of the machine.

EASY = "loss = lambda weights, x, y: 1.0\ngradient = lambda weights, x, y: [1.0, 1.0]\n"
EASY += "descend = lambda x, y, rate, steps: ([1.0, 1.0], [1.0] * 7)\nbest_rate = 0.5\n"

CHEATS = {
    "patched abs": "import builtins\nbuiltins.abs = lambda value: 0",
    "patched numpy.max": "import numpy\nnumpy.max = lambda *values: 0",
    "patched numpy.asarray": "import numpy\nzeros = numpy.zeros(1)\nnumpy.asarray = lambda *values, **options: zeros",
    "patched inputs": """
import numpy
class Zeros:
    def normal(self, size=None): return numpy.zeros(size or ())
numpy.random.default_rng = lambda *seed: Zeros()
loss = lambda weights, x, y: 0.0
gradient = lambda weights, x, y: [0.0, 0.0]
descend = lambda x, y, rate, steps: ([0.0, 0.0], [0.0] * (steps + 1))""",
    "patched grader": "import __main__\n__main__.points_for = lambda check, names: check['points']",
    "patched worker": """
import sys
for module in list(sys.modules.values()):
    for name in ("points_for", "run_check", "grade_submission", "_result"):
        if hasattr(module, name):
            setattr(module, name, lambda *values, **options: 1)
    if hasattr(module, "Worker"):
        module.Worker.answer = lambda self, request: {"value": 2.5, "points": 11, "score": 11}""",
    "checks found among all objects": """
import gc
for things in gc.get_objects():
    for thing in things if isinstance(things, list) else []:
        if isinstance(thing, dict) and isinstance(thing.get("source"), str) and "points" in thing:
            thing["source"] = f"def {thing['name']}(rng): pass\"""",
    "checks found in the frames": """
import sys
frame = sys._getframe()
while frame is not None:
    for thing in list(frame.f_globals.values()):
        if isinstance(thing, dict) and "checks" in thing:
            for check in thing["checks"]:
                check["source"] = f"def {check['name']}(rng): pass"
    frame = frame.f_back""",
    "the right function stolen": """
import sys
def gradient(weights, x, y):
    frame = sys._getframe()
    while frame is not None:
        if "right_gradient" in frame.f_globals:
            return frame.f_globals["right_gradient"](weights, x, y)
        frame = frame.f_back
    return [1.0, 1.0]""",
    "the expected value stolen": """
import sys
def loss(weights, x, y):
    return sys._getframe(1).f_locals.get("expected", 1.0)""",
    "a number that equals any other": """
class Any(float):
    def __sub__(self, other): return 0.0
def loss(weights, x, y): return Any(7)""",
    "an array that equals any other": """
import numpy
class Any(numpy.ndarray):
    def __sub__(self, other): return 0.0
def loss(weights, x, y): return numpy.zeros(()).view(Any)""",
    "an object that equals any other": """
class Any:
    shape, ndim, dtype = (), 0, float
    def __array__(self, *options, **more):
        import numpy
        return numpy.zeros(())
    def __sub__(self, other): return self
    def __abs__(self): return self
    def __lt__(self, other): return True
    def __ge__(self, other): return False
def loss(weights, x, y): return Any()""",
    "a list that lies about its length": """
class Path(list):
    def __len__(self): return 6
def descend(x, y, rate, steps): return [0.0, 0.0], Path()""",
    "NaN for an answer": "loss = lambda weights, x, y: float('nan')",
    "NaN in arrays": """
def gradient(weights, x, y): return [float('nan')] * 2
def descend(x, y, rate, steps): return [float('nan')] * 2, [float('nan')] * (steps + 1)""",
    "a forged score at the end": "import atexit\natexit.register(print, '$ID,11')",
    "forged answers on every open file": """
import json, os, threading, time
def forge():
    for _ in range(20):
        for number in range(1, 30):
            for line in (b'$ID,11\\n', json.dumps({'id': 8, 'value': 2.5, 'points': 11}).encode() + b'\\n'):
                try: os.write(number, line)
                except OSError: pass
        time.sleep(0.01)
import atexit
atexit.register(forge)
threading.Thread(target=forge).start()""",
    "tests read where they lie": "raise ValueError(open('$TESTS').read())",
    "tests looked for on the disk": """
import os, pathlib
found = []
for top in ('.', '..', '$FOLDER', '/proc/1/cwd', '/proc/1/root$FOLDER', '/grader', '/tmp', '/home', '/root'):
    for folder, folders, files in os.walk(top):
        folders[:] = folders[:20] if folder.count('/') < 12 else []
        for name in files:
            if name.endswith('.json') and len(found) < 5:
                try:
                    text = pathlib.Path(folder, name).read_text()
                    found += [line for line in text.split('\\\\n') if 'canary' in line][:1]
                except (OSError, ValueError): pass
raise ValueError(found)""",
    "tests read from open files": """
import os
found = []
for number in range(3, 30):
    try:
        os.lseek(number, 0, 0)
        found.append(os.read(number, 10**6))
    except OSError: pass
raise ValueError(found)""",
    "the environment": """
import os, pathlib
said = [str(dict(os.environ))]
for process in os.listdir('/proc'):
    for name in ('environ', 'cmdline'):
        try: said.append(str(pathlib.Path('/proc', process, name).read_bytes()))
        except OSError: pass
raise ValueError([part for part in said if 'canary' in part])""",
    "hidden inputs in an exception": """
def loss(weights, x, y):
    if list(x) != [1.0, 2.0]: raise ValueError(f'LEAK{list(x)}')
    return 1.0""",
    "hidden inputs in an exception's name": """
def loss(weights, x, y):
    name = f'LEAK7{x[0]}' if list(x) != [1.0, 2.0] else 'Plain'
    raise type(name, (Exception,), {'__module__': 'mine'})""",
    "a script in an exception": "raise ValueError('<script>alert(1)</script>')",
    "a script in an answer": "def loss(weights, x, y): raise ValueError('<script>alert(1)</script>')",
    "everybody's numpy spoilt": "import numpy\nnumpy.mean = numpy.column_stack = None",
    "another's score printed": "import atexit\natexit.register(print, 'amy,0')",
    "another's submission deleted": "import os\nos.remove('$SUBMISSIONS/zoe.ipynb')",
    "another's submission overwritten": """
import shutil
shutil.copy('$SUBMISSIONS/$ID.ipynb', '$SUBMISSIONS/zoe.ipynb')""",
    "another's feedback rewritten": """
import atexit, pathlib
page = pathlib.Path('$OUT/amy.html')
page.write_text('amy: 0' if page.exists() else None)""",
    "a call to the host": "import socket\nsocket.create_connection(('127.0.0.1', $PORT), 2).sendall(b'$ID')",
    "a datagram to the host": """
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'$ID', ('127.0.0.1', $PORT))""",
    "a call through an abstract socket": """
import socket
line = socket.socket(socket.AF_UNIX)
line.connect('\\x00$SOCKET')
line.sendall(b'$ID')""",
}  # fmt: skip
