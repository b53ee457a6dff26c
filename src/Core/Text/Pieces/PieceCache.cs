using System.Collections.Concurrent;

namespace Droptune.Core.Text.Pieces;

/// <summary>
/// Remembers the pieces of units seen lately: read without a lock, and bounded. When one generation is full, it becomes the old
/// one and the one before is forgotten, so that what is still in use stays.
/// </summary>
internal sealed class PieceCache
{
    private const int Generation = 32_768; // twice that at most: some 15 MB
    private const int LongestUnit = 32; // longer ones hardly come again

    private Units _new = new();
    private Units _old = new();

    public UnitPieces GetOrAdd(ReadOnlySpan<char> unit, PieceCutter cutter)
    {
        var current = Volatile.Read(ref _new);
        if (current.Lookup.TryGetValue(unit, out var pieces))
        {
            return pieces;
        }

        if (!Volatile.Read(ref _old).Lookup.TryGetValue(unit, out pieces))
        {
            pieces = cutter.Cut(unit);
        }

        if (unit.Length <= LongestUnit && current.Lookup.TryAdd(unit, pieces)
            && Interlocked.Increment(ref current.Count) == Generation)
        {
            Volatile.Write(ref _old, current);
            Volatile.Write(ref _new, new());
        }

        return pieces;
    }

    private sealed class Units
    {
        public readonly ConcurrentDictionary<string, UnitPieces>.AlternateLookup<ReadOnlySpan<char>> Lookup;
        public int Count; // ConcurrentDictionary.Count would take every lock

        public Units() =>
            Lookup = new ConcurrentDictionary<string, UnitPieces>().GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
