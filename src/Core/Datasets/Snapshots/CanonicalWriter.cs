using System.Buffers;
using System.Runtime.InteropServices;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Snapshots;

/// <summary>
/// Writes an example as its canonical line. Versions are hashes of these bytes, so they are spelt out here rather than
/// left to a serializer: fixed key order, no spaces, only <c>"</c>, <c>\</c> and control characters escaped.
/// </summary>
internal sealed class CanonicalWriter(LabelTable textLabels, LabelTable entityLabels, bool severalLabels)
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([(byte)'"', (byte)'\\', 0x7f, .. Enumerable.Range(0, 32).Select(b => (byte)b)]);
    private readonly List<byte[]> _textLabels = [];
    private readonly List<byte[]> _entityLabels = [];
    private readonly Utf8List _tags = new(); // each with a comma
    private int _longestTag;
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
            if (example.Text.Span.ContainsAny(Escaped))
            {
                AppendEscaped(tokens);
            }
            else
            {
                AppendTokens(tokens, example.Text.Length);
            }

            _line[_length - 1] = (byte)']'; // instead of the last comma
            if (example.HasTags)
            {
                Append(",\"tags\":["u8);
                AppendTags(CollectionsMarshal.AsSpan(example.Tags));
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

        if (example.HasLabels)
        {
            AppendLabels(example.Labels);
        }

        Append("}\n"u8);
        return _line.AsSpan(0, _length);
    }

    private void AppendLabels(List<int> labels)
    {
        if (!severalLabels)
        {
            Append(",\"label\":"u8);
            Append(_textLabels[labels[0]]);
            return;
        }

        Append(",\"labels\":["u8);
        foreach (var label in labels)
        {
            Append(_textLabels[label]);
            Append((byte)',');
        }

        _length -= labels.Count > 0 ? 1 : 0; // the last comma
        Append((byte)']');
    }

    /// <summary>Spells the labels that came up since the last example, so that each is escaped once.</summary>
    private void SpellLabels()
    {
        if (_tags.Count == 0)
        {
            AddTag("O");
        }

        while (_textLabels.Count < textLabels.Count)
        {
            _textLabels.Add(Spell(textLabels[_textLabels.Count]));
        }

        while (_entityLabels.Count < entityLabels.Count)
        {
            var name = entityLabels[_entityLabels.Count];
            _entityLabels.Add(Spell(name));
            AddTag("B-" + name);
            AddTag("I-" + name);
        }
    }

    private void AddTag(string tag)
    {
        _tags.Add([.. Spell(tag), (byte)',']);
        _longestTag = Math.Max(_longestTag, _length + 1);
    }

    private byte[] Spell(string name)
    {
        _length = 0;
        AppendString(Encoding.UTF8.GetBytes(name));
        return _line[.._length];
    }

    private void AppendTokens(Utf8List tokens, int textLength)
    {
        Reserve(textLength + (3 * tokens.Count) + Utf8List.Slack);
        var (line, length) = (_line, _length);
        for (var i = 0; i < tokens.Count; i++)
        {
            line[length++] = (byte)'"';
            length += tokens.CopyTo(i, line.AsSpan(length));
            line[length++] = (byte)'"';
            line[length++] = (byte)',';
        }

        _length = length;
    }

    private void AppendEscaped(Utf8List tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            AppendString(tokens[i]);
            Append((byte)',');
        }
    }

    private void AppendTags(ReadOnlySpan<int> tags)
    {
        Reserve((tags.Length * _longestTag) + Utf8List.Slack);
        var (line, length) = (_line, _length);
        foreach (var tag in tags)
        {
            length += _tags.CopyTo(tag, line.AsSpan(length));
        }

        line[length - 1] = (byte)']'; // instead of the last comma
        _length = length;
    }

    private void AppendString(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length + 2);
        _line[_length++] = (byte)'"';
        int special;
        while ((special = text.IndexOfAny(Escaped)) >= 0)
        {
            Append(text[..special]);
            AppendEscaped(text[special]);
            text = text[(special + 1)..];
            Reserve(text.Length + 2);
        }

        text.CopyTo(_line.AsSpan(_length));
        _length += text.Length;
        _line[_length++] = (byte)'"';
    }

    private void AppendEscaped(byte character) => Append(character switch
    {
        (byte)'"' => "\\\""u8,
        (byte)'\\' => "\\\\"u8,
        (byte)'\n' => "\\n"u8,
        (byte)'\r' => "\\r"u8,
        (byte)'\t' => "\\t"u8,
        _ => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{character:x4}")),
    });

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
