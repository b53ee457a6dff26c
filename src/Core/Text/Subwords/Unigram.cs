using Droptune.Core.Text.Pieces;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text.Subwords;

/// <summary>
/// The unigram model (Kudo 2018, "Subword regularization"; SentencePiece): of all ways to cut a word into pieces the one whose
/// probabilities have the largest product, found by Viterbi's algorithm. Characters that no piece begins with are unknown; neighbours
/// among them are one piece.
/// </summary>
internal sealed class Unigram : PieceCutter
{
    private const double UnknownPenalty = 10; // below the least probable piece, as logarithm

    private readonly (string Piece, int Id)[] _sorted; // so that the pieces with the same beginning stand together
    private readonly Dictionary<char, (int Start, int End)> _byFirst = [];
    private readonly IReadOnlyList<double> _scores;
    private readonly int _unknownId;
    private readonly double _unknownScore;

    /// <param name="ids">Of each piece.</param>
    /// <param name="scores">By id: logarithms of probabilities.</param>
    /// <param name="unknownId">The id of what is unknown.</param>
    public Unigram(IReadOnlyDictionary<string, int> ids, IReadOnlyList<double> scores, int unknownId)
    {
        (_scores, _unknownId, _unknownScore) = (scores, unknownId, scores.Min() - UnknownPenalty);
        _sorted = [.. ids.Where(entry => entry.Key.Length > 0).Select(entry => (entry.Key, entry.Value))];
        Array.Sort(_sorted, (a, b) => string.CompareOrdinal(a.Piece, b.Piece));
        for (int start = 0, end; start < _sorted.Length; start = end)
        {
            var first = _sorted[start].Piece[0];
            for (end = start + 1; end < _sorted.Length && _sorted[end].Piece[0] == first; end++)
            {
            }

            _byFirst.Add(first, (start, end));
        }
    }

    public override UnitPieces Cut(ReadOnlySpan<char> unit)
    {
        var best = new (double Score, int Start, int Id)[unit.Length + 1]; // of the ways that end there
        Array.Fill(best, (0, -1, 0));
        for (var start = 0; start < unit.Length;)
        {
            CodePoints.At(unit, start, out var length);
            var isKnown = false;
            if (_byFirst.TryGetValue(unit[start], out var range))
            {
                for (var end = start + 1; range.Start < range.End; end++)
                {
                    var (piece, id) = _sorted[range.Start];
                    if (piece.Length == end - start)
                    {
                        Offer(best, start, end, _scores[id], id);
                        isKnown |= end == start + length;
                        range.Start++;
                    }

                    if (end == unit.Length)
                    {
                        break;
                    }

                    range = (Bound(range, end - start, unit[end]), Bound(range, end - start, unit[end] + 1));
                }
            }

            if (!isKnown)
            {
                Offer(best, start, start + length, _unknownScore, _unknownId);
            }

            start += length;
        }

        var (ids, places) = (new List<int>(), new List<TextRange>());
        for (var end = unit.Length; end > 0; end = best[end].Start)
        {
            var (_, start, id) = best[end];
            if (id == _unknownId && ids.Count > 0 && ids[^1] == _unknownId)
            {
                places[^1] = new(start, places[^1].End);
                continue;
            }

            ids.Add(id);
            places.Add(new(start, end));
        }

        ids.Reverse();
        places.Reverse();
        return new([.. ids], [.. places]);
    }

    private static void Offer((double Score, int Start, int Id)[] best, int start, int end, double score, int id)
    {
        score += best[start].Score;
        if (best[end].Start < 0 || score > best[end].Score)
        {
            best[end] = (score, start, id);
        }
    }

    /// <summary>The first piece of a range whose character at an index is at least that; all are longer than the index.</summary>
    private int Bound((int Start, int End) range, int index, int character)
    {
        var (low, high) = range;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _sorted[middle].Piece[index] < character ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
