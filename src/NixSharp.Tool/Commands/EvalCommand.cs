using System.CommandLine;
using Newtonsoft.Json;

namespace NixSharp.Tool.Commands;

/// <summary><c>nixsharp eval</c></summary>
internal static class EvalCommand
{
    public static Command Create()
    {
        var installable = new Argument<string>("installable") { Description = "What to evaluate, such as .#hello.version." };
        var apply = new Option<string?>("--apply") { Description = "A Nix function that is applied to the value first.", HelpName = "FUNCTION" };
        var raw = new Option<bool>("--raw") { Description = "Print a string as it is, not as JSON." };
        var command = new Command("eval", "Evaluate an installable by running nix, and print its value as JSON.") { installable, apply, raw }.WithNixOptions();
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var what = parsed.GetRequiredValue(installable);
            if (parsed.GetValue(raw))
            {
                Console.Out.Write(await parsed.RunNixAsync(client => client.EvalRawAsync(what, parsed.GetValue(apply), cancellationToken), cancellationToken));
                return;
            }

            var value = await parsed.RunNixAsync(client => client.EvalAsync(what, parsed.GetValue(apply), cancellationToken), cancellationToken);
            Console.Out.WriteLine(value.ToString(parsed.GetValue(GlobalOptions.Json) ? Formatting.Indented : Formatting.None));
        });
        return command;
    }
}
