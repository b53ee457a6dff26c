using Droptune.Core.Text.Pieces;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text.Subwords;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016) of bytes: a word begins as its bytes, and of all pairs of neighbours the one that was merged
/// first in training is merged next.
/// </summary>
/// <param name="ids">Pieces in the <see cref="ByteAlphabet"/>.</param>
/// <param name="merges">By the ids of a pair: its rank, and the id of what it becomes.</param>
/// <param name="ignoreMerges">Whether a word that is a piece is taken as it is.</param>
internal sealed class BytePairs(IReadOnlyDictionary<string, int> ids, IReadOnlyDictionary<(int Left, int Right), (int Rank, int Id)> merges, bool ignoreMerges)
    : PieceCutter
{
    private readonly int[] _bytes = [.. Enumerable.Range(0, 0x100).Select(value => ids[$"{ByteAlphabet.CharacterOf((byte)value)}"])];

    public override UnitPieces Cut(ReadOnlySpan<char> unit)
    {
        var (bytes, places) = Bytes(unit);
        if (ignoreMerges && ids.TryGetValue(string.Concat(bytes.Select(ByteAlphabet.CharacterOf)), out var whole))
        {
            return new([whole], [new(0, unit.Length)]);
        }

        // A linked list of symbols: what is merged away has the id -1.
        var (symbols, next, before) = (new int[bytes.Count], new int[bytes.Count], new int[bytes.Count]);
        for (var i = 0; i < bytes.Count; i++)
        {
            (symbols[i], next[i], before[i]) = (_bytes[bytes[i]], i + 1, i - 1);
        }

        var waiting = new PriorityQueue<(int Left, int Id), long>();
        for (var i = 0; i < bytes.Count; i++)
        {
            Ask(i);
        }

        while (waiting.TryDequeue(out var pair, out _))
        {
            var (left, id) = pair;
            if (symbols[left] < 0 || next[left] >= bytes.Count || !merges.TryGetValue((symbols[left], symbols[next[left]]), out var merge) || merge.Id != id)
            {
                continue; // one of both has become another meanwhile
            }

            var right = next[left];
            (symbols[left], symbols[right]) = (id, -1);
            next[left] = next[right];
            if (next[left] < bytes.Count)
            {
                before[next[left]] = left;
            }

            Ask(before[left]);
            Ask(left);
        }

        var (found, at) = (new List<int>(), new List<TextRange>());
        for (var i = 0; i < bytes.Count; i = next[i])
        {
            found.Add(symbols[i]);
            at.Add(new(places[i].Start, places[next[i] - 1].End));
        }

        return new([.. found], [.. at]);

        void Ask(int left)
        {
            if (left >= 0 && next[left] < bytes.Count && merges.TryGetValue((symbols[left], symbols[next[left]]), out var merge))
            {
                waiting.Enqueue((left, merge.Id), ((long)merge.Rank << 32) | (uint)left);
            }
        }
    }

    private static (List<byte> Bytes, List<TextRange> Places) Bytes(ReadOnlySpan<char> unit)
    {
        var (bytes, places) = (new List<byte>(unit.Length), new List<TextRange>(unit.Length));
        Span<byte> buffer = stackalloc byte[4];
        for (var i = 0; i < unit.Length;)
        {
            CodePoints.At(unit, i, out var length);
            foreach (var value in buffer[..Encoding.UTF8.GetBytes(unit.Slice(i, length), buffer)])
            {
                bytes.Add(value);
                places.Add(new(i, i + length));
            }

            i += length;
        }

        return (bytes, places);
    }
}
