using System.Text.Json.Serialization;

namespace Droptune.Core.Inference;

/// <summary>What to predict for: a text, or words that are already split. In JSON a string, <c>{"text":…}</c> or <c>{"tokens":[…]}</c>.</summary>
[JsonConverter(typeof(PredictInputConverter))]
public sealed record PredictInput
{
    private PredictInput()
    {
    }

    /// <summary>Null where the input is words.</summary>
    public string? Text { get; private init; }

    /// <summary>Null where the input is a text.</summary>
    public IReadOnlyList<string>? Tokens { get; private init; }

    public static PredictInput OfText(string text) => new() { Text = text };

    public static PredictInput OfTokens(IReadOnlyList<string> tokens) => new() { Tokens = tokens };

    public static PredictInput Of(Example example) =>
        example.Tokens is { } tokens ? OfTokens(tokens) : OfText(example.Text!);
}

internal sealed class PredictInputConverter : JsonConverter<PredictInput>
{
    private const string Expected = "An input must be a string, {\"text\": \"…\"} or {\"tokens\": [\"…\"]}";

    private sealed record Fields(string? Text, IReadOnlyList<string>? Tokens);

    public override PredictInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => PredictInput.OfText(reader.GetString()!),
        JsonTokenType.StartObject => ReadFields(ref reader, options) switch
        {
            { Tokens: null, Text: { } text } => PredictInput.OfText(text),
            { Tokens: { } tokens, Text: null } => PredictInput.OfTokens(tokens),
            _ => throw new JsonException(Expected),
        },
        _ => throw new JsonException(Expected),
    };

    // Not Deserialize: an error would be placed as if the input stood alone.
    private static Fields? ReadFields(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        ((JsonConverter<Fields>)options.GetConverter(typeof(Fields))).Read(ref reader, typeof(Fields), options);

    public override void Write(Utf8JsonWriter writer, PredictInput value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            JsonSerializer.Serialize(writer, new { value.Tokens }, options);
        }
    }
}
