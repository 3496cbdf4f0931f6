package io.azekura.persistence.simulation.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Tries every order, with no thought spared on speed: the reference for the register's checkers. A step may come next when
 * no step that is left and required was over before it began; steps that are not required may be left out.
 */
final class BruteForceRegister {

    private BruteForceRegister() {}

    static boolean isLinearizable(List<RegisterStep> steps, String state) {
        if (steps.stream().noneMatch(RegisterStep::required)) {
            return true;
        }
        for (RegisterStep step : steps) {
            if (step.allows(state) && steps.stream().noneMatch(other -> other.required() && other.isBefore(step))) {
                List<RegisterStep> left = new ArrayList<>(steps);
                left.remove(step);
                String written = step.written();
                if (isLinearizable(left, written == null ? state : written)) {
                    return true;
                }
            }
        }
        return false;
    }
}
