using System.Runtime.InteropServices;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Gate;

/// <summary>Finds datasets whose files are halves of one: some have labels alone, the others tags or entities alone.</summary>
internal sealed class Halves
{
    private readonly Dictionary<string, (bool Labelled, bool Tagged)> _files = [];
    private bool _isJoint; // some example has both

    /// <summary>Whether an example of the file has a label.</summary>
    public bool IsLabelled(string file) => _files.GetValueOrDefault(file).Labelled;

    /// <summary>Whether an example of the file has tags or entities.</summary>
    public bool IsTagged(string file) => _files.GetValueOrDefault(file).Tagged;

    /// <summary>Whether the file has an example.</summary>
    public bool Has(string file) => _files.ContainsKey(file);

    public void Add(string file, CheckedExample example)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_files, file, out _);
        known = (known.Labelled || example.HasLabels, known.Tagged || example.HasTags);
        _isJoint |= example.HasLabels && example.HasTags;
    }

    public bool AreThere =>
        !_isJoint && _files.Values.All(file => file.Labelled != file.Tagged) && _files.Values.Any(file => file.Labelled) && _files.Values.Any(file => file.Tagged);
}
