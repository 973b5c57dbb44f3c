"""Coverage of the mean over clinicians: two-way limits against limits that let only the cases vary.

Synthetic crossed ratings on 0..100: cases vary with sd 15, raters with the sd in the first column, single ratings with
sd 20; each repeat draws new cases and new raters. Run: python benchmarks/two_way.py
"""

import numpy as np

from dualtrack.stats import linearised_ratio, two_way_mean

REPEATS, CASES, CASE_SD, SINGLE_SD, MEAN = 1000, 100, 15.0, 20.0, 60.0


def covered(n_raters: int, rater_sd: float, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Share of intervals that hold the mean, two-way and cases alone, and their mean widths."""
    hits, widths = np.zeros(2), np.zeros(2)
    case, rater = (each.ravel() for each in np.indices((CASES, n_raters)))
    for _ in range(REPEATS):
        drawn = MEAN + rng.normal(0, CASE_SD, CASES)[case] + rng.normal(0, rater_sd, n_raters)[rater]
        rating = np.rint(drawn + rng.normal(0, SINGLE_SD, case.size)).astype(np.int64)
        both = two_way_mean(rating, case, rater, bounds=None)
        cases = linearised_ratio(np.bincount(case, rating).astype(np.int64), np.bincount(case), bounds=None)
        for place, found in enumerate((both, cases)):
            hits[place] += found.lower <= MEAN <= found.upper
            widths[place] += found.upper - found.lower
    return (*(hits / REPEATS), *(widths / REPEATS))


def main() -> None:
    """Simulate and print."""
    rng = np.random.default_rng(20250101)
    print("rater sd  raters  two-way covers  cases alone cover  width two-way  width cases")
    for rater_sd in (0.0, 3.0, 6.0):
        for n_raters in (3, 5, 12):
            both, cases, wide, narrow = covered(n_raters, rater_sd, rng)
            print(f"{rater_sd:8.0f}  {n_raters:6d}  {both:14.3f}  {cases:17.3f}  {wide:13.1f}  {narrow:11.1f}")


if __name__ == "__main__":
    main()
