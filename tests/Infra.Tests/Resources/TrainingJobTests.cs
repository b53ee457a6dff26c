using System.Diagnostics;
using Droptune.Core.Storage;

namespace Droptune.Infra.Tests.Resources;

public class TrainingJobTests
{
    public static TheoryData<string> Deployments => [.. Deployment.All.Keys];

    [Fact]
    public void Arguments_OfTheContainer_AreACommandOfTheProgram()
    {
        var arguments = Job(Deployment.Dev)["template", "containers", 0, "args"].EnumerateArray().Select(argument => argument.GetString()!);
        var program = Path.Combine(AppContext.BaseDirectory, "Droptune.TrainingJob.dll");

        // Asked for its help, a command of System.CommandLine parses every other argument and runs nothing.
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, .. arguments, "--help"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Contains(StorageNames.TrainingJobs, output, StringComparison.Ordinal); // the help of "work", not of the program
        Assert.All(arguments, argument => Assert.Contains(argument, output, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void ScaleRule_Deployed_StartsOneExecutionAMessageWithAnIdentity(string deployment)
    {
        var trigger = Job(Deployment.All[deployment])["configuration", "eventTriggerConfig"];
        var scale = trigger.GetProperty("scale");
        var rule = Assert.Single(scale.GetProperty("rules").EnumerateArray());
        var metadata = rule.GetProperty("metadata");

        Assert.Equal("azure-queue", rule.GetProperty("type").GetString());
        Assert.Equal(StorageNames.TrainingJobs, metadata.GetProperty("queueName").GetString());
        Assert.Equal(Deployment.All[deployment].Single("Microsoft.Storage/storageAccounts").Name, metadata.GetProperty("accountName").GetString());
        Assert.Equal("1", metadata.GetProperty("queueLength").GetString());
        Assert.Equal("all", metadata.GetProperty("queueLengthStrategy").GetString());
        Assert.Contains("outputs.training", rule.GetProperty("identity").GetString(), StringComparison.Ordinal);
        Assert.False(rule.TryGetProperty("auth", out _)); // a secret would be named here
        Assert.Equal(0, scale.GetProperty("minExecutions").GetInt32());
        Assert.Equal(1, trigger.GetProperty("parallelism").GetInt32());
    }

    [Fact]
    public void Stages_DevAndProd_DifferInTimeoutAndExecutions()
    {
        Assert.Equal((7200, 2), Limits(Deployment.Dev));
        Assert.Equal((43200, 10), Limits(Deployment.Prod));
    }

    [Fact]
    public void Profile_Gpu_IsInTheEnvironmentAndGivesTheWholeMachine()
    {
        var job = Job(Deployment.Dev);
        var profile = Deployment.Dev.Single("Microsoft.App/managedEnvironments")["workloadProfiles"].EnumerateArray()
            .Single(profile => profile.GetProperty("name").GetString() == job["workloadProfileName"].GetString());

        Assert.Equal("Consumption-GPU-NC8as-T4", profile.GetProperty("workloadProfileType").GetString());
        Assert.Equal(8, job["template", "containers", 0, "resources", "cpu"].GetInt32());
        Assert.Equal("56Gi", job["template", "containers", 0, "resources", "memory"].GetString());
    }

    [Fact]
    public void Profile_Cpu_NeedsNoGpuInTheEnvironment()
    {
        var job = Job(Deployment.OnCpu);
        var profiles = Deployment.OnCpu.Single("Microsoft.App/managedEnvironments")["workloadProfiles"].EnumerateArray();

        Assert.Equal("Consumption", Assert.Single(profiles).GetProperty("workloadProfileType").GetString());
        Assert.Equal("Consumption", job["workloadProfileName"].GetString());
        Assert.Equal("8Gi", job["template", "containers", 0, "resources", "memory"].GetString());
    }

    [Fact]
    public void Registry_Deployed_IsPulledFromWithAnIdentity()
    {
        var registry = Assert.Single(Job(Deployment.Dev)["configuration", "registries"].EnumerateArray());

        Assert.Contains("outputs.training", registry.GetProperty("identity").GetString(), StringComparison.Ordinal);
        Assert.False(registry.TryGetProperty("passwordSecretRef", out _));
        Assert.False(Deployment.Dev.Single("Microsoft.ContainerRegistry/registries")["adminUserEnabled"].GetBoolean());
    }

    private static ArmResource Job(Deployment deployment) => deployment.Single("Microsoft.App/jobs");

    private static (int TimeoutSeconds, int Executions) Limits(Deployment deployment) => (
        Job(deployment)["configuration", "replicaTimeout"].GetInt32(),
        Job(deployment)["configuration", "eventTriggerConfig", "scale", "maxExecutions"].GetInt32());
}
