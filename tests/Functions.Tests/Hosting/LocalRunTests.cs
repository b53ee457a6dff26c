using System.Collections.Concurrent;
using Droptune.Functions.Hosting.Local.Processes;

namespace Droptune.Functions.Tests.Hosting;

public class LocalRunTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Run_SettingsThatCannotBeUsed_NamesEveryOneAndEnds()
    {
        var lines = new ConcurrentQueue<string>();
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Droptune.Functions.dll"), "--no-worker", "--port", "0", "--Storage", await azurite.NewAccountAsync(),
            "--QuietPeriod", "30", "--Promotion:Margin", "a lot", "--Serving:Serving:Threads", "0",
        ];

        await using var process = ChildProcess.Start("dotnet", arguments, new Dictionary<string, string?>(), AppContext.BaseDirectory, lines.Enqueue);
        var exitCode = await process.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                "These settings cannot be used:",
                "  QuietPeriod is 30.00:00:00; it must be 00:00:00 to 1.00:00:00",
                "  Promotion__Margin is 'a lot'; it must be a number",
                "  Serving__Serving__Threads is 0; it must be 1 to 1024",
            ],
            lines);
        Assert.Equal(1, exitCode);
    }

    [Theory]
    [InlineData("There is no option '--prot': --help lists them.", "--prot", "7171")]
    [InlineData("There is no option '--dmeo': --help lists them.", "--dmeo", "--port", "7173")]
    [InlineData("--port is 'abc': give a number from 1 to 65535.", "--no-worker", "--port", "abc")]
    [InlineData("--port is '99999': give a number from 1 to 65535.", "--no-worker", "--port", "99999")]
    [InlineData("The setting Storage is no connection string:", "--no-worker", "--Storage", "bogus")]
    public async Task Run_WrongOption_IsOneLineAndTheEnd(string line, params string[] arguments)
    {
        var lines = new ConcurrentQueue<string>();
        string[] all = [Path.Combine(AppContext.BaseDirectory, "Droptune.Functions.dll"), .. arguments];

        await using var process = ChildProcess.Start("dotnet", all, new Dictionary<string, string?>(), AppContext.BaseDirectory, lines.Enqueue);
        var exitCode = await process.WaitAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith(line, Assert.Single(lines), StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }
}
