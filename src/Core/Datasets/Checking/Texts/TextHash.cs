using System.IO.Hashing;

namespace Droptune.Core.Datasets.Checking.Texts;

/// <summary>
/// Hashes of a text: of its bytes, and of what it says, that is without regard to case, full or half width, and white
/// space. The second decides splits: it must never change.
/// </summary>
public sealed class TextHash
{
    private byte[] _folded = new byte[1024];
    private int _length; // of what was folded so far
    private bool _isSpaced; // white space came behind it

    public static ulong Exact(ReadOnlySpan<byte> text) => XxHash3.HashToUInt64(text);

    /// <summary>Of an example's text, or of its words with spaces between them.</summary>
    public static ulong NormalisedOf(Example example) => new TextHash().Normalised(Encoding.UTF8.GetBytes(example.Text ?? string.Join(' ', example.Tokens!)));

    public ulong Normalised(ReadOnlySpan<byte> text)
    {
        if (_folded.Length < text.Length * 3)
        {
            _folded = new byte[text.Length * 3];
        }

        (_length, _isSpaced) = (0, false);

        // In most texts all white space is single spaces: whole runs of ASCII are folded at once, spaces included.
        var isPlain = !text.ContainsAnyInRange((byte)0, (byte)31) && text.IndexOf("  "u8) < 0;
        while (!text.IsEmpty)
        {
            var length = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var ascii ? ascii : text.Length;
            if (length > 0)
            {
                AddAscii(text[..length], isPlain);
            }
            else
            {
                length = AddRune(text);
            }

            text = text[length..];
        }

        return XxHash3.HashToUInt64(_folded.AsSpan(0, _length));
    }

    private void AddAscii(ReadOnlySpan<byte> run, bool isPlain)
    {
        while (!run.IsEmpty)
        {
            if (run[0] <= ' ')
            {
                _isSpaced = true;
                run = run[1..];
                continue;
            }

            var end = isPlain ? run.TrimEnd((byte)' ').Length : run.IndexOfAnyInRange((byte)0, (byte)' ');
            var words = end < 0 ? run : run[..end];
            AddSpace();
            Ascii.ToLower(words, _folded.AsSpan(_length), out var written);
            _length += written;
            run = run[words.Length..];
        }
    }

    /// <summary>Adds the first character; returns its length in the text.</summary>
    private int AddRune(ReadOnlySpan<byte> text)
    {
        Rune.DecodeFromUtf8(text, out var rune, out var consumed); // U+FFFD for what is no UTF-8
        if (Rune.IsWhiteSpace(rune))
        {
            _isSpaced = true;
        }
        else
        {
            AddSpace();
            _length += Fold(rune).EncodeToUtf8(_folded.AsSpan(_length));
        }

        return consumed;
    }

    /// <summary>One space for all white space between two characters, none before the first.</summary>
    private void AddSpace()
    {
        if (_isSpaced && _length > 0)
        {
            _folded[_length++] = (byte)' ';
        }

        _isSpaced = false;
    }

    /// <summary>Lower case; U+FF01 to U+FF5E are the full-width forms of ASCII.</summary>
    private static Rune Fold(Rune rune) =>
        Rune.ToLowerInvariant(rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune);
}
