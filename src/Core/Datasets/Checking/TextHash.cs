using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace Droptune.Core.Datasets.Checking;

/// <summary>
/// Hashes of a text: of its bytes, and of what it says, that is without regard to case, full or half width, and white
/// space. The second decides splits: it must never change.
/// </summary>
internal sealed class TextHash
{
    private byte[] _folded = new byte[1024];

    public static ulong Exact(ReadOnlySpan<byte> text) => XxHash3.HashToUInt64(text);

    public ulong Normalised(ReadOnlySpan<byte> text)
    {
        if (_folded.Length < text.Length * 3)
        {
            _folded = new byte[text.Length * 3];
        }

        // Most texts are ASCII with single spaces: lower case is all they need.
        if (!text.ContainsAnyInRange((byte)0, (byte)31) && text.IndexOf("  "u8) < 0 && text is [not (byte)' ', .., not (byte)' ']
            && Ascii.ToLower(text, _folded, out var written) == OperationStatus.Done)
        {
            return XxHash3.HashToUInt64(_folded.AsSpan(0, written));
        }

        var length = 0;
        var pendingSpace = false;
        for (var i = 0; i < text.Length;)
        {
            var b = text[i];
            if (b < 0x80)
            {
                i++;
                if (b <= ' ')
                {
                    pendingSpace = length > 0;
                    continue;
                }

                if (pendingSpace)
                {
                    (_folded[length++], pendingSpace) = ((byte)' ', false);
                }

                _folded[length++] = (uint)(b - 'A') <= 'Z' - 'A' ? (byte)(b | 0x20) : b;
                continue;
            }

            if (Rune.DecodeFromUtf8(text[i..], out var rune, out var consumed) != OperationStatus.Done)
            {
                rune = Rune.ReplacementChar;
            }

            i += consumed;
            if (Rune.IsWhiteSpace(rune))
            {
                pendingSpace = length > 0;
                continue;
            }

            if (pendingSpace)
            {
                (_folded[length++], pendingSpace) = ((byte)' ', false);
            }

            length += Fold(rune).EncodeToUtf8(_folded.AsSpan(length));
        }

        return XxHash3.HashToUInt64(_folded.AsSpan(0, length));
    }

    /// <summary>Lower case; U+FF01 to U+FF5E are the full-width forms of ASCII.</summary>
    private static Rune Fold(Rune rune) =>
        Rune.ToLowerInvariant(rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune);
}
