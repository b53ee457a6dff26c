using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text;

/// <summary>
/// Units smaller than words, for labels that begin or end inside one: a word is cut where its script changes (<c>5|kg</c>,
/// <c>€|400|m</c>), and in the scripts <paramref name="Pieces"/> each piece of the vocabulary is a unit. A mark stays with its letter.
/// </summary>
/// <param name="Pieces">Sorted; empty = words are cut between scripts only.</param>
public sealed record SmallUnits(IReadOnlyList<Script> Pieces)
{
    private static readonly Script[] Unspaced =
        [Script.Thai, Script.Lao, Script.Tibetan, Script.Myanmar, Script.Khmer, Script.Hiragana, Script.Katakana];

    /// <summary>Each character of those scripts is a unit: the smallest piece there may be, for one who has no vocabulary.</summary>
    internal SmallUnits AtCharacters => this with { CutsCharacters = true };

    private bool CutsCharacters { get; init; }

    /// <summary>These units or words, and what a label may be a part of in any dataset.</summary>
    internal static SmallUnits OrAny(SmallUnits? units) => new([.. Unspaced.Union(units?.Pieces ?? []).Order()]);

    /// <summary>Scripts that are written without spaces between words (CJK characters are units in any case).</summary>
    internal static bool IsUnspaced(Script script) => Unspaced.Contains(script);

    /// <summary>Whether the pieces of a word are units, by the script that it begins with.</summary>
    internal bool ArePieces(ReadOnlySpan<char> text, int start) => Pieces.Count > 0 && Pieces.Contains(UnicodeData.ScriptOf(CodePoints.At(text, start, out _)));

    /// <summary>Whether a unit ends between two characters of a word, by their scripts.</summary>
    internal bool IsBorder(Script before, Script after) => after != Script.Inherited
        && before != Script.Inherited && (before != after || (CutsCharacters && Pieces.Contains(after)));
}
