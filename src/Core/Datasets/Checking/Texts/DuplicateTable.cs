using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Droptune.Core.Datasets.Checking.Texts;

/// <summary>
/// Remembers every text seen, in eight bytes each: 20 million examples take about 200 MB. What is kept of a text is 48
/// bits of its normalised hash (in 20 million texts, one false match is to be expected), 9 bits of the exact hash, 12
/// bits of its labels' hash, and the splits it was seen in.
/// </summary>
internal sealed class DuplicateTable
{
    private const int Segments = 1 << 8;
    private const ulong KeyMask = ~0UL << 24; // the upper 40 bits of an entry; the segment is 8 bits of the other 12
    private readonly ulong[]?[] _segments = new ulong[Segments][];
    private readonly int[] _counts = new int[Segments];

    /// <summary>Fetches what <see cref="Add"/> will look at: the table is larger than the processor's caches, and to wait for memory takes as long as a check.</summary>
    public unsafe void Prefetch(ulong normalised)
    {
        if (Sse.IsSupported && _segments[(int)(normalised >> 56)] is { } entries)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref entries[SlotOf(normalised << 8 & KeyMask, entries.Length)]));
        }
    }

    /// <summary>Adds a text; says what was known of it before. Hash bits of the splits come last, so that no entry is 0.</summary>
    public Sighting Add(ulong normalised, ulong exact, ulong labels, Split split)
    {
        var segment = (int)(normalised >> 56);
        var entries = _segments[segment] ??= new ulong[64];
        if (_counts[segment] >= entries.Length * 7 / 8)
        {
            entries = _segments[segment] = Grow(entries);
        }

        var key = normalised << 8 & KeyMask;
        var payload = ((labels & 0xFFF) << 12) | ((exact & 0x1FF) << 3);
        var seen = 1UL << (int)split;
        var slot = SlotOf(key, entries.Length);
        while (entries[slot] != 0)
        {
            var entry = entries[slot];
            if ((entry & KeyMask) == key)
            {
                entries[slot] = entry | seen;
                return new Sighting(
                    InSplit: (entry & seen) != 0,
                    InTrain: split != Split.Train && (entry & 1) != 0,
                    InDev: split != Split.Dev && (entry & 2) != 0,
                    InTest: split != Split.Test && (entry & 4) != 0,
                    IsExact: ((entry ^ payload) & 0xFF8) == 0,
                    HasSameLabels: ((entry ^ payload) & 0xFFF000) == 0);
            }

            slot = slot + 1 == entries.Length ? 0 : slot + 1;
        }

        entries[slot] = key | payload | seen;
        _counts[segment]++;
        return default;
    }

    /// <summary>Keys are spread evenly over the slots, in their order.</summary>
    private static int SlotOf(ulong key, int length) => (int)Math.BigMul(key, (ulong)length, out _);

    /// <summary>A quarter larger: a table that doubles is half empty on average.</summary>
    private static ulong[] Grow(ulong[] entries)
    {
        var larger = new ulong[entries.Length + entries.Length / 4];
        foreach (var entry in entries)
        {
            if (entry != 0)
            {
                var slot = SlotOf(entry & KeyMask, larger.Length);
                while (larger[slot] != 0)
                {
                    slot = slot + 1 == larger.Length ? 0 : slot + 1;
                }

                larger[slot] = entry;
            }
        }

        return larger;
    }
}

/// <summary>Where a text was seen before; all false for a new one.</summary>
internal readonly record struct Sighting(bool InSplit, bool InTrain, bool InDev, bool InTest, bool IsExact, bool HasSameLabels)
{
    public bool IsNew => !(InSplit || InTrain || InDev || InTest);

    /// <summary>Another split that has the text.</summary>
    public Split? Other => InTrain ? Split.Train : InTest ? Split.Test : InDev ? Split.Dev : null;
}
