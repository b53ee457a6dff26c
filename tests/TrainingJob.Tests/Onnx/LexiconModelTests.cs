namespace Droptune.TrainingJob.Tests.Onnx;

public sealed class LexiconModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The model that other tests serve is what the exporter writes today; DROPTUNE_UPDATE=1 renews it.</summary>
    [Fact]
    public void Write_LexiconModel_IsTheOneInTheTestData()
    {
        LexiconModel.Write(_folder);

        var data = TestData.PathOf("models", "lexicon");
        var files = Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)!).Order();
        if (Environment.GetEnvironmentVariable("DROPTUNE_UPDATE") == "1")
        {
            Directory.CreateDirectory(data);
            files.ToList().ForEach(file => File.Copy(Path.Combine(_folder, file), Path.Combine(data, file), overwrite: true));
        }

        Assert.Equal(files, Directory.GetFiles(data).Select(f => Path.GetFileName(f)!).Order());
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(data, file)), File.ReadAllBytes(Path.Combine(_folder, file))));
    }
}
