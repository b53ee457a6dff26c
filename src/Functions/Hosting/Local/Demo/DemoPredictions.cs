using System.Net.Http.Json;
using Droptune.Core.Terminal;

namespace Droptune.Functions.Hosting.Local.Demo;

/// <summary>Asks the served model over HTTP, as a caller would, and shows its answers.</summary>
internal sealed class DemoPredictions(Uri address, string model, LiveLine line)
{
    private static readonly string[] Texts =
    [
        "Where is my order 48210? It should have arrived on Friday.",
        "I want my money back for the headphones I bought last week",
        "我的账号被锁住了，怎么解锁？",
    ];

    private readonly Uri _predict = new(address, $"api/models/{model}/predict");

    public async Task ShowAsync(CancellationToken stop)
    {
        using var http = new HttpClient();
        using var question = JsonContent.Create(new { inputs = Texts });
        using var response = await http.PostAsync(_predict, question, stop);
        if (!response.IsSuccessStatusCode)
        {
            throw new DemoFailedException($"{_predict} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(stop)}");
        }

        var answer = await response.Content.ReadFromJsonAsync<Answer>(DroptuneJson.Compact, stop);
        if (answer?.Predictions.Count != Texts.Length)
        {
            throw new DemoFailedException($"{_predict} answered {answer?.Predictions.Count ?? 0} predictions to {Texts.Length} texts");
        }

        line.Print($"{Environment.NewLine}Three predictions by {answer.Model} {answer.Version}:");
        foreach (var (text, prediction) in Texts.Zip(answer.Predictions))
        {
            Show(text, prediction);
        }

        line.Print($"{Environment.NewLine}Ask for more:{Environment.NewLine}  {Curl(Texts[0])}");
    }

    private void Show(string text, Prediction prediction)
    {
        if (prediction.Label is not { } label)
        {
            throw new DemoFailedException($"'{text}' got no label");
        }

        line.Print($"  {text}{Environment.NewLine}    {label.Name} ({label.Score:F2})");
        foreach (var entity in prediction.Entities ?? [])
        {
            if (text[entity.Start..entity.End] != entity.Text)
            {
                throw new DemoFailedException($"the entity '{entity.Text}' is not what stands at {entity.Start} of '{text}'");
            }

            line.Print($"    {entity.Label}: \"{entity.Text}\" ({entity.Score:F2})");
        }
    }

    private string Curl(string text) =>
        $"curl -s {_predict} -H 'Content-Type: application/json' -d '{JsonSerializer.Serialize(new { inputs = text }, DroptuneJson.Compact)}'";

    private sealed record Answer(string Model, string Version, IReadOnlyList<Prediction> Predictions);

    private sealed record Prediction(Label? Label, IReadOnlyList<Entity>? Entities);

    private sealed record Label(string Name, double Score);

    private sealed record Entity(string Label, string Text, int Start, int End, double Score);
}
