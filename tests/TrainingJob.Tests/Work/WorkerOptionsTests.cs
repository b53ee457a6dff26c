using Droptune.TrainingJob.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Droptune.TrainingJob.Tests.Work;

public class WorkerOptionsTests
{
    [Fact]
    public void Defaults_Validated_AreValid() => Assert.Empty(Problems());

    [Theory]
    [InlineData("Worker__RenewEvery is 00:00:31; it must be at most half of Visibility (00:01:00)", "RenewEvery=00:00:31")]
    [InlineData("Worker__RenewEvery is 00:00:20; it must be at most half of Visibility (00:00:39)", "Visibility=00:00:39", "Silence=00:00:10")]
    [InlineData("Worker__Silence is 00:00:40; it must be below 00:00:40", "Silence=00:00:40")]
    [InlineData("Worker__ReportEvery is 00:00:11; it must be at most a third of Silence (00:00:30)", "ReportEvery=00:00:11")]
    [InlineData("Worker__ReportEvery is 00:00:03; it must be at most RenewEvery (00:00:02)", "RenewEvery=00:00:02")]
    public void Times_ThatDoNotFitTogether_NameTheOneToChangeAndTheOther(string problem, params string[] settings) =>
        Assert.StartsWith(problem, Assert.Single(Problems(settings)), StringComparison.Ordinal);

    [Theory]
    [InlineData("RenewEvery=00:00:30", "Silence=00:00:29")]
    [InlineData("Silence=00:00:39")]
    [InlineData("ReportEvery=00:00:10")]
    public void Times_ThatJustFitTogether_AreValid(params string[] settings) => Assert.Empty(Problems(settings));

    private static IEnumerable<string> Problems(params string[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting =>
            setting.Split('=') is [var name, var value] ? KeyValuePair.Create($"Worker:{name}", (string?)value) : throw new ArgumentException(setting))).Build();
        using var services = new ServiceCollection().AddLogging().AddTrainingWorker(configuration).BuildServiceProvider();
        var error = Record.Exception(() => services.GetRequiredService<IStartupValidator>().Validate());
        return error is null ? [] : Assert.IsType<OptionsValidationException>(error).Failures;
    }
}
