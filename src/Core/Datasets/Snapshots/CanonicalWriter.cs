using System.Buffers;
using System.Globalization;
using System.Text;
using Droptune.Core.Datasets.Checking;

namespace Droptune.Core.Datasets.Snapshots;

/// <summary>
/// Writes an example as its canonical line. Versions are hashes of these bytes, so they are spelt out here rather than
/// left to a serializer: fixed key order, no spaces, only <c>"</c>, <c>\</c> and control characters escaped.
/// </summary>
internal sealed class CanonicalWriter(LabelTable textLabels, LabelTable entityLabels)
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([(byte)'"', (byte)'\\', 0x7f, .. Enumerable.Range(0, 32).Select(b => (byte)b)]);
    private readonly List<byte[]> _textLabels = [];
    private readonly List<byte[]> _entityLabels = [];
    private readonly List<byte[]> _tags = ["\"O\""u8.ToArray()];
    private byte[] _line = new byte[4096];
    private int _length;

    /// <summary>The line with its line end; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(CheckedExample example)
    {
        SpellLabels();
        _length = 0;
        if (example.Tokens is { } tokens)
        {
            Append("{\"tokens\":["u8);
            for (var i = 0; i < tokens.Count; i++)
            {
                AppendString(tokens[i]);
                Append((byte)(i == tokens.Count - 1 ? ']' : ','));
            }

            if (example.HasTags)
            {
                Append(",\"tags\":["u8);
                for (var i = 0; i < example.Tags.Count; i++)
                {
                    Append(_tags[example.Tags[i]]);
                    Append((byte)(i == example.Tags.Count - 1 ? ']' : ','));
                }
            }
        }
        else
        {
            Append("{\"text\":"u8);
            AppendString(example.Text.Span);
            if (example.HasTags)
            {
                Append(",\"entities\":["u8);
                foreach (var (start, end, label) in example.Spans)
                {
                    Append("{\"start\":"u8);
                    Append(start);
                    Append(",\"end\":"u8);
                    Append(end);
                    Append(",\"label\":"u8);
                    Append(_entityLabels[label]);
                    Append("},"u8);
                }

                _length -= example.Spans.Count > 0 ? 1 : 0; // the last comma
                Append((byte)']');
            }
        }

        if (example.Label >= 0)
        {
            Append(",\"label\":"u8);
            Append(_textLabels[example.Label]);
        }

        Append("}\n"u8);
        return _line.AsSpan(0, _length);
    }

    /// <summary>Spells the labels that came up since the last example, so that each is escaped once.</summary>
    private void SpellLabels()
    {
        while (_textLabels.Count < textLabels.Count)
        {
            _textLabels.Add(Spell(textLabels[_textLabels.Count]));
        }

        while (_entityLabels.Count < entityLabels.Count)
        {
            var name = entityLabels[_entityLabels.Count];
            _entityLabels.Add(Spell(name));
            _tags.Add(Spell("B-" + name));
            _tags.Add(Spell("I-" + name));
        }
    }

    private byte[] Spell(string name)
    {
        _length = 0;
        AppendString(Encoding.UTF8.GetBytes(name));
        return _line[.._length];
    }

    private void AppendString(ReadOnlySpan<byte> text)
    {
        Append((byte)'"');
        int special;
        while ((special = text.IndexOfAny(Escaped)) >= 0)
        {
            Append(text[..special]);
            Append((byte)'\\');
            switch (text[special])
            {
                case (byte)'"' or (byte)'\\':
                    Append(text[special]);
                    break;
                case (byte)'\n':
                    Append((byte)'n');
                    break;
                case (byte)'\r':
                    Append((byte)'r');
                    break;
                case (byte)'\t':
                    Append((byte)'t');
                    break;
                default:
                    Append("u00"u8);
                    Append(Encoding.ASCII.GetBytes(text[special].ToString("x2", CultureInfo.InvariantCulture)));
                    break;
            }

            text = text[(special + 1)..];
        }

        Append(text);
        Append((byte)'"');
    }

    private void Append(int number)
    {
        Reserve(11);
        number.TryFormat(_line.AsSpan(_length), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    private void Append(byte b)
    {
        Reserve(1);
        _line[_length++] = b;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_line.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int size)
    {
        if (_line.Length - _length < size)
        {
            Array.Resize(ref _line, Math.Max(_line.Length * 2, _length + size));
        }
    }
}
