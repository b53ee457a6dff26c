using System.Buffers;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Datasets.Checking.Texts;

/// <summary>What the records of a dataset show of its texts.</summary>
internal sealed class TextEvidence
{
    /// <summary>What units the labels of texts need.</summary>
    public UnitEvidence Units { get; } = new();

    /// <summary>Whether it is known already that words will be joined: a blank one is a space then.</summary>
    public bool AreWordsJoined { get; init; }

    /// <summary>Whether words can be found again in a text.</summary>
    public WordBorders Borders { get; } = new();

    public void Add(Utf8List words)
    {
        var unseen = 0;
        for (var i = 1; i < words.Count; i++)
        {
            // Scripts without spaces begin at U+0E00: three bytes.
            if (words[i].Length > 2 && words[i][0] >= 0xE0 && words[i - 1].Length > 2 && words[i - 1][^1] >= 0x80)
            {
                Borders.Add(LastOf(words[i - 1]), FirstOf(words[i]));
                unseen++;
            }
        }

        Borders.AddSeen(words.Count - 1 - unseen);
    }

    private static Script FirstOf(ReadOnlySpan<byte> word) =>
        Rune.DecodeFromUtf8(word, out var rune, out _) == OperationStatus.Done ? UnicodeData.ScriptOf(rune.Value) : Script.Symbol;

    /// <summary>Of the last character that is of a script.</summary>
    private static Script LastOf(ReadOnlySpan<byte> word)
    {
        var script = Script.Inherited;
        while (!word.IsEmpty && script == Script.Inherited && Rune.DecodeLastFromUtf8(word, out var rune, out var length) == OperationStatus.Done)
        {
            script = UnicodeData.ScriptOf(rune.Value);
            word = word[..^length];
        }

        return script;
    }
}
