using System.Runtime.CompilerServices;

namespace Droptune.Core.Datasets.Findings;

/// <summary>
/// The interpolated message of a finding. It is composed only while findings of its code are kept, so that the ten
/// millionth duplicate costs nothing; bytes are text of the dataset, shown as <see cref="Excerpt"/> shows it.
/// </summary>
[InterpolatedStringHandler]
internal readonly ref struct FindingMessage
{
    private readonly StringBuilder? _text;

    public FindingMessage(int literalLength, int formattedCount, FindingLog log, FindingCode code, out bool wanted)
    {
        wanted = log.Keeps(code);
        _text = wanted ? new StringBuilder(literalLength + (formattedCount * 16)) : null;
    }

    public string Text => _text?.ToString() ?? "";

    public void AppendLiteral(string text) => _text!.Append(text);

    public void AppendFormatted(ReadOnlySpan<byte> text) => _text!.Append(Excerpt.Of(text));

    public void AppendFormatted(byte[] text) => AppendFormatted((ReadOnlySpan<byte>)text);

    public void AppendFormatted(string? text) => _text!.Append(text);

    public void AppendFormatted<T>(T value) => _text!.Append(CultureInfo.InvariantCulture, $"{value}");
}
