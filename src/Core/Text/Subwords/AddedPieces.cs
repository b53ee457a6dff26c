using System.Buffers;

namespace Droptune.Core.Text.Subwords;

/// <summary>A piece that stands for itself wherever it is written in a text (<c>added_tokens</c>).</summary>
/// <param name="Content">What is written.</param>
/// <param name="Id">Its id.</param>
/// <param name="TakesSpaceBefore">Whether white space before it belongs to it (<c>lstrip</c>).</param>
/// <param name="TakesSpaceBehind">Whether white space behind it does (<c>rstrip</c>).</param>
/// <param name="IsWord">Whether it counts only where it is no part of a word (<c>single_word</c>).</param>
internal sealed record AddedPiece(string Content, int Id, bool TakesSpaceBefore, bool TakesSpaceBehind, bool IsWord);

/// <summary>Finds added pieces in texts: the leftmost, and of those the longest.</summary>
internal sealed class AddedPieces
{
    private readonly IReadOnlyList<AddedPiece> _pieces;
    private readonly SearchValues<string> _any;

    public AddedPieces(IEnumerable<AddedPiece> pieces)
    {
        _pieces = [.. pieces.OrderByDescending(piece => piece.Content.Length)];
        _any = SearchValues.Create([.. _pieces.Select(piece => piece.Content)], StringComparison.Ordinal);
    }

    /// <summary>The next one from <paramref name="start"/> on, with the white space that belongs to it.</summary>
    public bool Next(ReadOnlySpan<char> text, int start, out TextRange place, out int id)
    {
        (place, id) = (default, 0);
        for (var from = start; _pieces.Count > 0 && text[from..].IndexOfAny(_any) is var at and >= 0;)
        {
            var piece = Longest(text[(from + at)..]);
            var (first, end) = (from + at, from + at + piece.Content.Length);
            from = end;
            if (piece.IsWord && ((first > 0 && IsOfWord(text[first - 1])) || (end < text.Length && IsOfWord(text[end]))))
            {
                continue;
            }

            while (piece.TakesSpaceBefore && first > start && char.IsWhiteSpace(text[first - 1]))
            {
                first--;
            }

            while (piece.TakesSpaceBehind && end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            (place, id) = (new(first, end), piece.Id);
            return true;
        }

        return false;
    }

    private static bool IsOfWord(char character) => char.IsLetterOrDigit(character) || character == '_';

    private AddedPiece Longest(ReadOnlySpan<char> text)
    {
        foreach (var piece in _pieces)
        {
            if (text.StartsWith(piece.Content, StringComparison.Ordinal))
            {
                return piece;
            }
        }

        throw new InvalidOperationException("a piece was found and is not there");
    }
}
