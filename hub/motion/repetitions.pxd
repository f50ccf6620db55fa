# What of repetitions.py is C's when it is compiled; every other name stays Python's.
cimport cython

cdef long long SECOND_US, LONGEST_GAP_US, SHORTEST_US, LONGEST_US, REST_US
cdef double TIME_CONSTANT_US, LOW_SHARE

cpdef double weight(long long dt_us) except -1.0

@cython.final
cdef class Counter:
    cdef public double delta, reach, x1, x2, y, travelled, turn, floor, start_travelled, fastest, peak, known_weight
    cdef public long long number, valid, last_at, start_at, start_seq, peak_at, hold_us, known_dt
    cdef public int direction
    cdef public bint started, out

    @cython.locals(x=double, raw=double, before=double, moved=double, lowest=double, floor=double, dt="long long")
    cpdef step(self, long long seq, long long at_us, double angle)
    cdef void _begin(self, long long seq, long long at_us, double x) noexcept
    @cython.locals(age="long long")
    cdef bint _is_stale(self, long long at_us) noexcept
    cdef void _start(self, long long seq, long long at_us, double raw) noexcept
    cdef _back(self, long long seq, double raw, long long dt)
    @cython.locals(mean=double)
    cdef _completed(self, long long seq)

@cython.locals(
    counters=list, counter=Counter, done=list,
    frames="Py_ssize_t", joints="Py_ssize_t", samples="Py_ssize_t",
    frame="Py_ssize_t", joint="Py_ssize_t", place="Py_ssize_t",
    first="const long long[:]", times="const long long[:, :]", degrees="const float[:, :, :]",
)
cpdef list count(list streams, seq, at_us, angles)
