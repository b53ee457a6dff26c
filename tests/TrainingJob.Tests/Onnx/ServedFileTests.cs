using Droptune.Core.Models;
using Droptune.TrainingJob.Onnx;

namespace Droptune.TrainingJob.Tests.Onnx;

public sealed class ServedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ChooseAsync_Int8AsGood_IsServedAndBothFiguresAreKept()
    {
        var evaluation = await ChooseAsync(new(Text: "to new york on monday", Start: 3, End: 11));

        Assert.Equal(ModelFileNames.Int8Onnx, evaluation.Served);
        Assert.Equal(ModelFileNames.Int8Onnx, ModelConfig.Load(_folder).ServedFile);
        Assert.All(evaluation.Dev.Values, scores => Assert.Equal(2.0 / 3, scores["f1"], 1e-9)); // monday was not expected
        var written = JsonSerializer.Deserialize<ServedFileChoice>(
            await File.ReadAllTextAsync(Path.Combine(_folder, "evaluation.json"), Token), DroptuneJson.Compact);
        Assert.Equal(evaluation.Int8Gate.Drops, written!.Int8Gate.Drops);
    }

    [Fact]
    public async Task ChooseAsync_NoExamples_Serves32Bits()
    {
        var evaluation = await ChooseAsync(example: null);

        Assert.Equal(ModelFileNames.Onnx, evaluation.Served);
        Assert.Equal(ModelFileNames.Onnx, ModelConfig.Load(_folder).ServedFile);
    }

    private sealed record City(string Text, int Start, int End);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<ServedFileChoice> ChooseAsync(City? example)
    {
        var parameters = LexiconModel.Write(_folder);
        File.Delete(Path.Combine(_folder, ModelFileNames.Int8Onnx));
        Example[] dev = example is null ? [] :
            [new() { Text = example.Text, Entities = [new(example.Start, example.End, "city")], Label = "other" }];
        return ServedFile.ChooseAsync(new(_folder, parameters), dev, TimeProvider.System, cancellationToken: Token);
    }
}
