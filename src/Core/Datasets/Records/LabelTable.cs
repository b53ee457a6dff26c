using System.IO.Hashing;

namespace Droptune.Core.Datasets.Records;

/// <summary>Names ↔ ids for labels that arrive as bytes; a name becomes a string once, however often it occurs.</summary>
internal sealed class LabelTable
{
    private readonly Dictionary<ulong, int> _ids = [];
    private readonly List<string> _names = [];

    public int Count => _names.Count;

    public string this[int id] => _names[id];

    public int IdOf(ReadOnlySpan<byte> name)
    {
        var hash = XxHash3.HashToUInt64(name);
        if (!_ids.TryGetValue(hash, out var id))
        {
            id = _names.Count;
            _ids.Add(hash, id);
            _names.Add(Encoding.UTF8.GetString(name));
        }

        return id;
    }
}
