using Droptune.Core.Datasets.Reading;

namespace Droptune.Core.Datasets.Checking;

/// <summary>An example that passed: words with IOB2 tags, or a text with spans; reused from record to record.</summary>
internal sealed class CheckedExample
{
    /// <summary>Words; null for an example that is a text.</summary>
    public Utf8List? Tokens { get; set; }

    /// <summary>The text, or the words joined by spaces: what hashes and text checks look at.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>Whether there are tags (or, for a text, spans).</summary>
    public bool HasTags { get; set; }

    /// <summary>One a word: 0 = O, 2k+1 = B- and 2k+2 = I- of entity label k.</summary>
    public List<int> Tags { get; } = [];

    /// <summary>By start, without overlap; UTF-16 code units, end exclusive; the label is an entity label's id.</summary>
    public List<(int Start, int End, int Label)> Spans { get; } = [];

    /// <summary>Id of the text label; -1 = none.</summary>
    public int Label { get; set; }

    /// <summary>Words of the text, as white space divides it.</summary>
    public int Words { get; set; }
}
