using System.Text.Json.Serialization;
using Droptune.Core.Inference;

namespace Droptune.Functions.Serving;

/// <summary>Reads <c>inputs</c>: one input, or an array of them.</summary>
internal sealed class PredictInputsConverter : JsonConverter<IReadOnlyList<PredictInput>>
{
    public override IReadOnlyList<PredictInput> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return [Input(ref reader, options)];
        }

        var inputs = new List<PredictInput>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            inputs.Add(Input(ref reader, options));
        }

        return inputs;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<PredictInput> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.ToArray(), options);

    private static PredictInput Input(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.StartObject
            ? ((JsonConverter<PredictInput>)options.GetConverter(typeof(PredictInput))).Read(ref reader, typeof(PredictInput), options)!
            : throw new JsonException("An input is a text, {\"text\": \"…\"} or {\"tokens\": [\"…\"]}.");
}
