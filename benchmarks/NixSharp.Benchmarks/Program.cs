using NixSharp.Benchmarks;
using NixSharp.Testing;

const int Rounds = 5;

var filter = args.FirstOrDefault() ?? "";
var root = GoldenData.RepositoryRoot;
var work = Path.Combine(root, "artifacts", "bench");
Directory.CreateDirectory(work);
Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Path.Combine(work, "cache"));

await using var registry = Requirements.Find("docker-registry") is null ? null : await RegistryServer.StartAsync();
var report = new Report();
foreach (var comparison in (await new Suite(root, work, registry).PrepareAsync()).Where(comparison => comparison.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
{
    if (Requirements.WhyMissing(comparison.Requires) is { } why)
    {
        Console.WriteLine($"skipped {comparison.Name}: {why}");
        continue;
    }

    if (comparison.SetUp is { } setUp)
    {
        await setUp();
    }

    Contender[] contenders = [comparison.Ours, .. comparison.Peers];
    var runs = contenders.Select(static _ => new List<Sample>()).ToList();
    for (var round = -1; round < Rounds; round++)
    {
        for (var i = 0; i < contenders.Length; i++)
        {
            await ScriptTimer.RunAsync(contenders[i].Prepare);
            var sample = await contenders[i].RunAsync();

            // The first round warms the caches and does not count.
            if (round >= 0)
            {
                runs[i].Add(sample);
            }
        }
    }

    report.Add(comparison, runs);
}

report.Save(Path.Combine(work, "results.md"));
