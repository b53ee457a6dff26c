namespace Droptune.Core.Text;

/// <summary>A part of a long text that a model reads at once: whole units, except for one that alone is longer.</summary>
/// <param name="FirstPiece">First piece, without the [CLS] that goes before it.</param>
/// <param name="PieceCount">Pieces, without [CLS] and [SEP].</param>
/// <param name="FirstOwned">First unit whose tag is taken from this window, since it has most context here.</param>
/// <param name="OwnedCount">Units owned; each unit of a text is owned by one window.</param>
public readonly record struct TextWindow(int FirstPiece, int PieceCount, int FirstOwned, int OwnedCount);

/// <summary>Cuts a text that is longer than a model reads into overlapping windows, at the borders of units.</summary>
public static class Windows
{
    /// <summary>
    /// Windows of at most <paramref name="maxLength"/> pieces, [CLS] and [SEP] included. Neighbours share about a quarter, so
    /// that a unit near a border is read with context on both sides in one of them.
    /// </summary>
    public static IReadOnlyList<TextWindow> Split(TokenizedText text, int maxLength)
    {
        var capacity = maxLength - 2;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity, nameof(maxLength));

        var (units, total) = (text.Units, text.Ids.Length);
        if (total <= capacity || units.Length == 0)
        {
            return [new(0, Math.Min(total, capacity), 0, units.Length)];
        }

        var parts = new List<(int First, int End)>();
        for (var (first, end) = (0, 0); end < units.Length; first = Next(first, end))
        {
            var reached = EndOf(first);
            if (reached == units.Length)
            {
                first = FirstReaching(first); // the last window may as well be full
            }

            if (reached > end)
            {
                parts.Add((first, end = reached));
            }
        }

        var windows = new TextWindow[parts.Count];
        var owned = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var (first, end) = parts[i];
            var border = i + 1 < parts.Count ? Border(first, end, parts[i + 1].First) : units.Length;
            var pieces = Math.Min(PieceAt(end) - PieceAt(first), capacity);
            windows[i] = new(PieceAt(first), pieces, owned, border - owned);
            owned = border;
        }

        return windows;

        int PieceAt(int unit) => unit < units.Length ? units[unit].FirstPiece : total;

        // The unit behind the last that fits; one that is too long by itself counts as fitting, and is cut.
        int EndOf(int first)
        {
            var end = first + 1;
            while (end < units.Length && PieceAt(end + 1) - PieceAt(first) <= capacity)
            {
                end++;
            }

            return end;
        }

        int FirstReaching(int first)
        {
            while (first > 0 && total - PieceAt(first - 1) <= capacity)
            {
                first--;
            }

            return first;
        }

        int Next(int first, int end)
        {
            var next = Math.Max(first + 1, end);
            while (next - 1 > first && PieceAt(end) - PieceAt(next - 1) <= capacity / 4)
            {
                next--;
            }

            return next;
        }

        // The first unit of the overlap that the next window sees with more on its left than this one on its right.
        int Border(int first, int end, int nextFirst)
        {
            var unit = Math.Max(nextFirst, first);
            while (unit < end && PieceAt(end) - PieceAt(unit + 1) >= PieceAt(unit) - PieceAt(nextFirst))
            {
                unit++;
            }

            return unit;
        }
    }
}
