using System.IO.Hashing;

namespace Droptune.Core.Datasets.Records;

/// <summary>A record's tags and where they stand. Tags are few and repeat: each spelling is kept once, for all records.</summary>
internal sealed class TagList
{
    private const int MaxSpellings = 100_000; // far more than any label limit: the column is no tag column
    private readonly Dictionary<ulong, int> _idsByHash = [];
    private readonly List<byte[]> _spellings = ["O"u8.ToArray()];
    private int[] _ids = new int[64];
    private int[] _offsets = new int[64];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int index] => _spellings[_ids[index]];

    /// <summary>The same number for the same spelling; 0 = "O".</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public ReadOnlySpan<byte> SpellingOf(int id) => _spellings[id];

    /// <summary>Offset in the record's source.</summary>
    public int OffsetAt(int index) => _offsets[index];

    public void Clear() => Count = 0;

    public void Add(ReadOnlySpan<byte> tag, int offset)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, 2 * Count);
            Array.Resize(ref _offsets, 2 * Count);
        }

        _ids[Count] = tag.Length == 1 && tag[0] == 'O' ? 0 : IdOf(tag);
        _offsets[Count++] = offset;
    }

    private int IdOf(ReadOnlySpan<byte> tag)
    {
        var hash = XxHash3.HashToUInt64(tag);
        if (!_idsByHash.TryGetValue(hash, out var id))
        {
            if (_spellings.Count == MaxSpellings)
            {
                throw new Sources.UnreadableFileException(
                    FindingCode.TooManyLabels, $"There are more than {MaxSpellings} different tags: is the tag the last column? Nothing more of the file is read.");
            }

            id = _spellings.Count;
            _spellings.Add(tag.ToArray());
            _idsByHash.Add(hash, id);
        }

        return id;
    }
}
