using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text;

/// <summary>
/// Counts the borders between the words of a dataset that nothing shows in a running text: a model of words of a language without
/// spaces would not find them in what it is asked.
/// </summary>
public sealed class WordBorders
{
    private const double LeastShare = 0.1; // of the borders between words

    private long _all;
    private long _unseen;

    /// <summary>Whether so many cannot be seen that the words are to be joined.</summary>
    public bool AreUnseen => _unseen > 0 && _unseen >= LeastShare * _all;

    /// <summary>Adds one between characters of two words.</summary>
    public void Add(Script before, Script after)
    {
        _all++;
        _unseen += SmallUnits.IsUnspaced(before) && (SmallUnits.IsUnspaced(after) || after == Script.Inherited) ? 1 : 0;
    }

    /// <summary>Adds some of which it is known that they are seen.</summary>
    public void AddSeen(int borders) => _all += borders;
}
