"""What FIRST's experts scored, and between what a CVSS 4.0 score is interpolated: numbers that no formula gives.

The tables are those of FIRST's public calculator (FIRSTdotorg/cvss-v4-calculator: cvss_lookup.js, max_composed.js and
max_severity.js), whose licence asks for this notice:

Copyright FIRST, Red Hat, and contributors. SPDX-License-Identifier: BSD-2-Clause

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions
are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in
   the documentation and/or other materials provided with the distribution.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT
LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE
COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES
(INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION)
HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE)
ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""

from __future__ import annotations

from typing import Final

Macro = tuple[int, int, int, int, int, int]
"""The equivalence classes EQ1 to EQ6 of a vector (section 8.2)."""

_ROWS: Final = """
0000 10 9.8 9.5 10 9.3 9.1 9.3 8.9 8.1
0001 9.9 9.5 9.2 9.6 8.7 8.1 9 8 6.8
0010 9.8 9.5 9 9.3 8.9 8.1 8.8 7.8 6.9
0011 9.5 9.2 8.4 9.2 8.1 6.5 8 7 4.8
0021 9.2 8.2 7.2 7.9 6.9 5 6.9 5.5 2.7
0100 9.9 9.5 9.2 9.5 9 8.4 9.2 8.2 7.2
0101 9.7 9.2 8.5 9.1 8.3 7.1 8.1 7.1 5.3
0110 9.5 9.2 8.5 9.2 8 7 8.4 7.1 5
0111 9.3 8.5 7.3 8.2 7.2 5.9 7 5.2 3
0121 8.6 7.5 5.2 7.1 5.2 2.9 6.3 2.9 1.7
1000 9.8 9.4 9.1 9.4 8.6 7.7 8.7 7.4 6.3
1001 9.5 8.7 8.1 8.9 7.4 6.4 7.5 6.3 4.9
1010 9.4 8.8 7.6 8.6 7.4 5.9 7.2 5.7 5.2
1011 8.9 7.7 6.7 7.6 5.8 5 5.7 5.2 2.5
1021 8.3 7 5.4 6.5 5.8 2.6 5.3 2.1 1.3
1100 9.5 8.8 7.6 9 7.5 6.1 7.7 6.8 5.2
1101 9 7.6 7 7.7 6.2 5.3 6.6 5.9 3
1110 8.9 7.6 6.2 7.4 5.7 4.7 6.1 5.7 2.4
1111 7.8 6.7 5.8 5.9 5.7 2.3 5.2 2.9 1.6
1121 7.1 5.9 3 5.8 2.6 1.5 2.3 1.3 0.6
2000 9.3 8.6 7.5 8.6 7.4 5.6 7 5.2 4
2001 8.7 7.2 5.8 7.4 6.1 3.4 5.4 4 2.2
2010 8.5 7.4 6.2 7.2 5.5 4.6 5.3 3.4 1.9
2011 7.5 5.5 5.1 5.7 4.1 1.9 3.6 1.9 0.8
2021 6.4 5.1 2 4.7 2.1 1.1 2.4 0.9 0.4
2100 8.8 7.3 6 7.3 5.9 4.1 5.4 4.5 2
2101 7.5 5.3 5 5.5 4 2 4.3 2.2 1.1
2110 7.5 5.8 4 6.1 4.8 2 4.6 1.7 0.8
2111 5.5 4.5 2.1 5.1 1.8 0.9 1.8 0.7 0.2
2121 5.3 2.4 1.4 2.4 1.2 0.5 1 0.3 0.1
"""
"""EQ1, EQ2, EQ3 and EQ6, then the score of the most severe vector for EQ4 and EQ5 of 00, 01, 02, 10 … 22."""


def _scores() -> dict[Macro, float]:
    scores: dict[Macro, float] = {}
    for row in _ROWS.split("\n"):
        if not row:
            continue
        classes, *numbers = row.split()
        one, two, three, six = map(int, classes)
        for position, number in enumerate(numbers):
            scores[(one, two, three, position // 3, position % 3, six)] = float(number)
    return scores


SCORES: Final = _scores()
"""The score of the most severe vector of every combination that exists."""

HIGHEST_1: Final = (("NNN",), ("ANN", "NLN", "NNP"), ("PNN", "ALP"))
"""The most severe AV, PR and UI of each EQ1."""
HIGHEST_2: Final = (("LN",), ("HN", "LP"))
"""The most severe AC and AT of each EQ2."""
HIGHEST_36: Final = {
    (0, 0): ("HHHHHH",),
    (0, 1): ("HHLMMH", "HHHMMM"),
    (1, 0): ("LHHHHH", "HLHHHH"),
    (1, 1): ("LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"),
    (2, 1): ("LLLHHH",),
}
"""The most severe VC, VI, VA, CR, IR and AR of each EQ3 and EQ6."""
HIGHEST_4: Final = (("HSS",), ("HHH",), ("LLL",))
"""The most severe SC, SI and SA of each EQ4."""

DEPTH_1: Final = (1, 4, 5)
DEPTH_2: Final = (1, 2)
DEPTH_36: Final = {(0, 0): 7, (0, 1): 6, (1, 0): 8, (1, 1): 8, (2, 1): 10}
DEPTH_4: Final = (6, 5, 4)
"""How many steps there are from the most severe vector of a class to the least severe one, and one more."""
